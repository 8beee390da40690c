"""A clickhouse-server of the test's own: in its own folder, on loopback, on free ports."""
import http.client
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse

CONFIG = """<yandex>
  <logger><level>warning</level><log>{folder}/log</log><errorlog>{folder}/errors</errorlog></logger>
  <listen_host>127.0.0.1</listen_host>
  <http_port>{http}</http_port>
  <tcp_port>{tcp}</tcp_port>
  <path>{folder}/data/</path>
  <tmp_path>{folder}/tmp/</tmp_path>
  <users_config>{folder}/users.xml</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <timezone>UTC</timezone>
  <mark_cache_size>67108864</mark_cache_size>
  <remote_servers><one><shard><internal_replication>true</internal_replication>
    <replica><host>127.0.0.1</host><port>{tcp}</port></replica></shard></one></remote_servers>
</yandex>
"""

USERS = """<yandex>
  <profiles><default></default><readonly><readonly>1</readonly></readonly></profiles>
  <quotas><default></default></quotas>
  <users>
    <default><password></password><networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile><quota>default</quota></default>
    <trail><password>tr&amp;il:"</password><networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile><quota>default</quota></trail>
  </users>
</yandex>
"""


def program():
    """The program, or None: Debian 12 has it, Debian 13 has not."""
    return shutil.which("clickhouse-server", path=os.environ.get("PATH", "") + ":/usr/sbin")


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Server:
    """with Server(folder) as server: ...; the folder is made, and stays."""

    def __init__(self, folder, limits=None):
        self.folder = os.path.abspath(folder)
        self.limits = limits  # called in the server's process before it is run
        self.process = None
        self.http, self.tcp = free_ports(2)
        os.makedirs(self.folder + "/tmp", exist_ok=True)
        words = {"folder": self.folder, "http": self.http, "tcp": self.tcp}
        for name, text in (("config.xml", CONFIG.format(**words)), ("users.xml", USERS)):
            with open(f"{self.folder}/{name}", "w", encoding="utf-8") as file:
                file.write(text)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop(signal.SIGKILL)

    def url(self, database="default"):
        return f"http://127.0.0.1:{self.http}/{database}"

    def start(self, deadline=60):
        with open(self.folder + "/output", "ab") as output:
            self.process = subprocess.Popen(
                [program(), "--config-file=" + self.folder + "/config.xml"], stdout=output,
                stderr=output, stdin=subprocess.DEVNULL, cwd=self.folder,
                preexec_fn=self.limits)
        end = time.monotonic() + deadline
        while True:
            try:
                if self.ask("SELECT 1") == "1\n":
                    return
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > end:
                with open(self.folder + "/output", "rb") as output:
                    raise RuntimeError(f"clickhouse-server does not start: {output.read()[-2000:]}")
            time.sleep(0.05)

    def stop(self, how=signal.SIGTERM):
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait()
            self.process = None

    def wait(self):
        """Until it answers: somebody else may have started it just now."""
        while True:
            try:
                self.ask("SELECT 1")
                return
            except OSError:
                time.sleep(0.05)

    def ask(self, sql, database="default", body=b"", encoding="utf-8"):
        """The answer's text; RuntimeError with the server's words if it is an error."""
        connection = http.client.HTTPConnection("127.0.0.1", self.http, timeout=60)
        try:
            if body:
                target = "/?" + urllib.parse.urlencode({"database": database, "query": sql})
            else:
                target, body = "/?" + urllib.parse.urlencode({"database": database}), sql.encode()
            connection.request("POST", target, body)
            answer = connection.getresponse()
            text = answer.read().decode(encoding, "replace")
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()
        if answer.status != 200:
            raise RuntimeError(text)
        return text
