"""What stands between trailview and a server, or in its place."""
import socket
import threading


class Road:
    """Forwards connections to a port, and calls `at_bytes` once so many were sent to it."""

    def __init__(self, port, limit=None, at_limit=None, refuses=0):
        self.port, self.limit, self.at_limit, self.refuses = port, limit, at_limit, refuses
        self.bytes, self.lock = 0, threading.Lock()
        self.socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.accept, daemon=True).start()

    def url(self, database):
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}/{database}"

    def close(self):
        self.socket.close()

    def accept(self):
        while True:
            try:
                near, _ = self.socket.accept()
                if self.refuses > 0:
                    self.refuses -= 1
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self.port))
            except OSError:
                if self.socket.fileno() < 0:
                    return
                near.close() # nobody is there just now
                continue
            for ends, counts in (((near, far), True), ((far, near), False)):
                threading.Thread(target=self.forward, args=(*ends, counts), daemon=True).start()

    def count(self, length):
        with self.lock:
            is_before = self.limit is not None and self.bytes < self.limit
            self.bytes += length
            return is_before and self.bytes >= self.limit

    def forward(self, from_end, to_end, counts):
        try:
            while True:
                piece = from_end.recv(8192)
                if not piece:
                    break
                if counts and self.count(len(piece)):
                    self.at_limit()
                to_end.sendall(piece)
        except OSError:
            pass
        for end in (from_end, to_end):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()


class Stranger:
    """Answers each request with these bytes, without end if `is_endless`; None: never."""

    def __init__(self, answer, is_endless=False):
        self.answer, self.is_endless = answer, is_endless
        self.socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.accept, daemon=True).start()

    def url(self):
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}/trail"

    def accept(self):
        while True:
            end, _ = self.socket.accept()
            threading.Thread(target=self.reply, args=(end,), daemon=True).start()

    def reply(self, end):
        try:
            end.recv(65536)
            while self.answer is None:
                if not end.recv(65536):
                    return
            end.sendall(self.answer)
            while self.is_endless:
                end.sendall(b"x" * 65536)
            end.shutdown(socket.SHUT_WR)
            while end.recv(65536):
                pass
        except OSError:
            pass
        finally:
            end.close()


def page(status, body, length=True):
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\n"
    if length:
        head += f"Content-Length: {len(body)}\r\n"
    return (head + "\r\n").encode() + body
