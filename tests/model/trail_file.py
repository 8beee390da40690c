"""Writes runs of a model (startups.py) into the tables of a trail file, as the recorder would, but
without recording: some thousand runs a second. The file itself is made by make_fixture.
"""
import hashlib
import json
import os
import sqlite3
import subprocess
import zlib

KINDS = {'CreateProcess': 1, 'ExitProcess': 2, 'CreateThread': 3, 'ExitThread': 4, 'LoadDll': 5,
         'UnloadDll': 6, 'Exception': 7, 'Mark': 10, 'LoadFailed': 11, 'EntryPoint': 12}
VIA = {'launch': 0, 'fork': 1, 'exec': 2, 'create': 4}
NEEDED, ASKED, STARTUP, RUNTIME = 0, 6, 0, 1
HOLD_NS = 20000


class TrailFile:
    """A file that is open for writing; add runs, then close."""

    def __init__(self, make_fixture, path):
        if os.path.exists(path):
            os.remove(path)
        subprocess.run([make_fixture, path], check=True)
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute('PRAGMA synchronous = OFF')
        self.db.execute('BEGIN')
        self.modules, self.askers, self.runs = {}, {}, 0

    def close(self):
        self.db.execute('COMMIT')
        self.db.close()

    def insert(self, table, rows):
        if rows:
            names = rows[0].keys()
            self.db.executemany('INSERT INTO %s (%s) VALUES (%s)' % (table, ', '.join(names),
                    ', '.join('?' * len(names))), [tuple(row.values()) for row in rows])

    def module(self, module, windows):
        """The row of a module; what it needs is known of it, whether it was loaded or not."""
        build = hashlib.sha1(('%s %d' % (module.built_as if 'tmp' not in module.name else 'tmp',
                                         module.build)).encode()).hexdigest()
        key = (module.folder + module.name, build)
        if key in self.modules:
            return self.modules[key]
        number = self.modules[key] = len(self.modules) + 1
        size = 65536 + 4096 * int(build[:2], 16)
        self.insert('module', [dict(
            id=number, path=key[0], name=module.name, file_bytes=size, image_bytes=size + 8192,
            machine=34404 if windows else 62, pe_timestamp=int(build[:7], 16) if windows else 0,
            pe_checksum=0, pdb_guid=build[:32] if windows else '', pdb_name='',
            file_version=module.version if windows else '', build_id='' if windows else build,
            soname='')])
        self.insert('import', [dict(module_id=number, position=i + 1, kind=0, name=needed.name,
                                    version=None) for i, needed in enumerate(module.needs)])
        return number

    def asker(self, module_id):
        """A kept stack in which that module asks: its row."""
        if module_id not in self.askers:
            number = self.askers[module_id] = len(self.askers) + 1
            frames = json.dumps([number])
            self.insert('frame', [dict(id=number, module_id=module_id, offset=4096,
                                       symbol='ask_for', symbol_offset=16, guessed=0)])
            self.insert('stack', [dict(id=number, check_value=zlib.crc32(frames.encode()),
                                       frames=frames)])
        return self.askers[module_id]

    def add(self, run, *labels):
        """Adds a run, with labels KEY=VALUE; returns its number."""
        self.runs += 1
        Writing(self, run, self.runs).write(labels)
        return self.runs


class Writing:
    def __init__(self, file, run, number):
        self.file, self.run, self.number = file, run, number
        self.processes, self.threads, self.rows, self.counts = {}, {}, {}, {}
        self.loads, self.bases, self.roots = {}, {}, {}

    def write(self, labels):
        self.file.insert('run', [self.run_row()])
        self.file.insert('label', [dict(zip(('run_id', 'key', 'value'), [self.number] +
                                            label.split('='))) for label in labels])
        variables = self.run.program.environment
        self.file.insert('environment', [dict(
            run_id=self.number, name=name, value=value if name in ('LANG', 'HOME') else None,
            check_value=zlib.crc32(value.encode()) & 0xfff) for name, value in variables.items()])
        for seq, (ns, pid, tid, kind, details) in enumerate(self.run.events, 1):
            self.event(seq, ns, pid, tid, kind, details)
        self.file.insert('process', list(self.processes.values()))
        self.file.insert('thread', list(self.threads.values()))
        for table, rows in self.rows.items():
            self.file.insert(table, rows)
        self.file.db.execute('UPDATE run SET counts = ?, wall_ns = ? WHERE id = ?', (
            json.dumps(self.counts), self.run.events[-1][0] + 1000000, self.number))

    def command_line(self, program):
        return ' '.join([program.exe.name] + program.arguments)

    def run_row(self):
        run, windows = self.run, self.run.windows
        start = 1795392000 * 10 ** 9 + self.number * 10 ** 9
        return dict(
            id=self.number, uuid='model-%d' % self.number, state='complete', start_utc_ns=start,
            start_monotonic_ns=self.number * 10 ** 9, wall_ns=0,
            command_line=self.command_line(run.program),
            directory=run.program.app, mode='launch', follow=1, end_reason='exit', exit_code=0,
            os='Windows 10.0.19045' if windows else 'Linux 6.1.0', arch='x86_64', host='model',
            recorder='0.1.0', wait_function='WaitForDebugEvent' if windows else 'waitpid',
            load_detection='debug events' if windows else 'r_brk', events=len(run.events),
            hold_ns=HOLD_NS * len(run.events), cpus=2)

    def row(self, table, seq, **columns):
        self.rows.setdefault(table, []).append(dict(run_id=self.number, seq=seq, **columns))

    def event(self, seq, ns, pid, tid, kind, details):
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if kind == 'CreateProcess':
            self.create_process(seq, pid, **details)
        process = self.processes[pid]
        thread = self.threads.setdefault(tid, dict(
            run_id=self.number, id=len(self.threads) + 1, process_id=process['id'], tid=tid,
            start_address_module_id=None, start_address_offset=None, first_seq=seq, last_seq=None))
        self.row('event', seq, t_ns=ns, hold_ns=HOLD_NS, process_id=process['id'],
                 thread_id=thread['id'], kind=KINDS[kind], synthetic=0)
        if kind == 'CreateThread' and details['module'] is not None:
            thread['start_address_module_id'] = self.module(details['module'])
            thread['start_address_offset'] = 0x1200
        elif kind in ('ExitThread', 'ExitProcess'):
            thread['last_seq'] = seq
        handler = {'LoadDll': self.load, 'UnloadDll': self.unload, 'ExitProcess': self.exit,
                   'Exception': self.exception, 'LoadFailed': self.failed,
                   'EntryPoint': self.entry}.get(kind)
        if handler:
            handler(seq, process, **details)
        if kind == 'Mark':
            self.row('event_mark', seq, name=details['name'])

    def module(self, module):
        return self.file.module(module, self.run.windows)

    def create_process(self, seq, pid, via, parent, program):
        image = self.module(program.exe)
        line = self.command_line(program)
        if via != 'exec':
            of = self.processes.get(parent)
            if via == 'fork':
                image, line = of['image_module_id'], of['command_line']
            self.processes[pid] = dict(
                run_id=self.number, id=len(self.processes) + 1, pid=pid, parent_pid=parent or 1,
                parent_process_id=of['id'] if of else None, via=VIA[via], image_module_id=image,
                command_line=line, load_detection=None if self.run.windows else 'r_brk',
                first_seq=seq, last_seq=None, exit_code=0)
        process = self.processes[pid]
        process['image_module_id'], process['command_line'] = image, line
        process_start = dict(via=VIA[via], image_module_id=image, base=0x140000000,
                             parent_pid=process['parent_pid'], command_line=line,
                             parent_process_id=process['parent_process_id'])
        self.row('event_create_process', seq, **process_start)
        self.roots[pid] = seq
        self.loads[pid] = {program.exe.name: seq}

    def load(self, seq, process, module, by, asker, phase, base, is_root):
        pid, windows, number = process['pid'], self.run.windows, self.module(module)
        loads = self.loads[pid]
        loads[module.name] = self.bases[base] = seq
        if is_root:
            self.roots[pid] = seq
            self.row('kept_stack', seq, stack_id=self.file.asker(self.module(asker)),
                     cause_frame_id=self.file.asker(self.module(asker)))
        self.row('event_load_dll', seq, module_id=number, base=base,
                 load_phase=STARTUP if phase == 'startup' else RUNTIME,
                 time_source=0 if windows else 1, end_seq=None, request_seq=self.roots[pid],
                 cause=ASKED if is_root else NEEDED,
                 by_seq=loads.get((by or asker).name) if not is_root else None)

    def unload(self, seq, process, base):
        self.row('event_unload_dll', seq, base=base, load_seq=self.bases[base])
        for row in self.rows['event_load_dll']:
            if row['seq'] == self.bases[base]:
                row['end_seq'] = seq

    def exit(self, seq, process):
        process['last_seq'] = seq
        for thread in self.threads.values():
            if thread['process_id'] == process['id'] and thread['last_seq'] is None:
                thread['last_seq'] = seq
        self.row('event_exit_process', seq, exit_code=0)

    def exception(self, seq, process, code, module):
        windows = self.run.windows
        self.row('event_exception', seq, code=0xc0000000 + code if windows else code,
                 si_code=None if windows else 1, first_chance=1, address=0x1000,
                 address_module_id=self.module(module), address_offset=0x900 + code)

    def failed(self, seq, process, name):
        self.row('event_load_failed', seq, what=0, name=name, load_phase=RUNTIME,
                 words='cannot open it')

    def entry(self, seq, process):
        self.row('event_entry_point', seq, address=0x1000,
                 address_module_id=process['image_module_id'], address_offset=0x400)
