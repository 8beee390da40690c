"""A model of start-ups: made-up programs, and runs of them that differ by chance, or in one planted
change too. It was made to measure with, not to please what is measured: see README.md.

A program is a graph of modules that need each other, and a list of steps of its main thread. A
request loads a module and what of its needs is not there yet, under the loader lock; threads of a
pool take requests from a queue side by side, and share what these need. What chance decides is in
the traits of a program:

    optional    parts that come in 2, 10 and 50 % of the runs
    rare        exceptions and loads in vain that come in 2 and 10 %
    pool        threads that load at the same time
    parallel    what a request needs comes by the loader's own threads, in any order
    folder      plugins in the order in which a folder lists them, another one in each run
    names       an unpacked module with a random name
    folders     one in a folder with a random name
    children    processes, some of them in 2, 10 and 50 % of the runs
    script      fifty children, one after the other
"""
import heapq
import os
import random

TRAITS = ['optional', 'rare', 'pool', 'parallel', 'folder', 'names', 'folders', 'children']
SHARES = [0.02, 0.1, 0.5]
CHANGES = ['swap-adjacent', 'swap-far', 'swap-across', 'added', 'removed', 'identity', 'path',
           'version', 'renamed', 'twice', 'cause', 'argument', 'environment', 'exception',
           'failed']
CHILD_CHANGES = [what + where for what in ('extra-', 'lost-') for where in ('first', 'middle',
                                                                            'last')]
SYLLABLES = ('ba co du fi go hu ja ke li mo nu pa qui ro si ta vu wa xe zo lar men tor vin '
             'sel dor kan pim ras tul').split()
LETTERS = 'abcdefghijklmnopqrstuvwxyz'


class Module:
    def __init__(self, name, folder, needs=(), version='1.2'):
        self.name, self.folder, self.needs, self.version = name, folder, list(needs), version
        self.build, self.again, self.built_as = 1, False, name

    def copy(self):
        other = Module(self.name, self.folder, self.needs, self.version)
        other.build, other.again, other.built_as = self.build, self.again, self.built_as
        return other


class Step:
    """What the main thread does next, in a share of the runs. kind: load (module), pool (threads,
    jobs: steps), folder (jobs), child (child: a Program), exception (code, module), failed (name),
    mark (name), say (text)."""

    def __init__(self, kind, share=1.0, **details):
        self.kind, self.share = kind, share
        self.__dict__.update(details)


class Program:
    """See above. `seed` decides on all of it but on the traits."""

    def __init__(self, seed, traits=()):
        self.rng, self.traits, self.used = random.Random('program %s' % seed), set(traits), set()
        self.windows = self.rng.random() < 0.4 or 'parallel' in self.traits
        self.system = 'C:\\Windows\\System32\\' if self.windows else '/usr/lib/x86_64-linux-gnu/'
        name = self.word()
        self.app = 'C:\\Program Files\\%s\\' % name if self.windows else '/opt/%s/' % name
        self.temporary = ('C:\\Users\\ada\\AppData\\Local\\Temp\\' if self.windows else '/tmp/')
        self.exe = Module(name + '.exe' if self.windows else name, self.app)
        self.arguments, self.environment = ['--port', '8080'], {'LANG': 'C.UTF-8',
                'HOME': 'C:\\Users\\ada' if self.windows else '/home/ada', 'MODE': 'fast'}
        self.libraries = []
        for i in range(self.rng.randint(14, 24)):
            self.libraries.append(self.library(self.system if i < 10 else self.app))
        self.exe.needs = self.rng.sample(self.libraries[:12], 5)
        self.steps = self.make_steps()

    def word(self):
        while True:
            word = ''.join(self.rng.choice(SYLLABLES) for _ in range(self.rng.randint(3, 4)))
            if word not in self.used:
                self.used.add(word)
                return word

    def library(self, folder, needs=2):
        count = min(self.rng.randint(0, needs), len(self.libraries))
        name = self.word() + '.dll' if self.windows else 'lib%s.so.1.2' % self.word()
        return Module(name, folder, self.rng.sample(self.libraries, count))

    def plugin(self, share=1.0, needs=2):
        """A request of the program's own."""
        module = self.library(self.app, needs)
        if not self.windows:
            module.name = self.word() + '.so'
        return Step('load', share, module=module)

    def optional(self):
        """A part with a library of its own, as often as chance will have it."""
        step = self.plugin(self.rng.choice(SHARES))
        if self.rng.random() < 0.5:
            step.module.needs.append(self.library(self.app, 1))
        return step

    def make_steps(self):
        rng, steps = self.rng, []
        plain = [self.plugin(needs=0 if i % 2 else 2) for i in range(rng.randint(8, 12))]
        # R needs A and B, and A needs L: what may be needed by B instead
        a, b, c = (self.library(self.app, 0) for _ in range(3))
        a.needs = [c]
        plain[0].module.needs += [a, b]
        self.fork = (a, b, c)
        steps += plain[:4] + [Step('mark', name='loaded')]
        steps.append(Step('exception', code=5, module=plain[1].module))
        steps.append(Step('failed', name='absent.dll' if self.windows else 'libabsent.so'))
        if 'pool' in self.traits:
            jobs = [self.plugin(needs=4) for _ in range(rng.randint(6, 10))]
            jobs += [self.optional() for _ in range(3) if 'optional' in self.traits]
            rng.shuffle(jobs)
            steps.append(Step('pool', threads=rng.randint(2, 4), jobs=jobs))
        if 'folder' in self.traits:
            steps.append(Step('folder', jobs=[self.plugin() for _ in range(rng.randint(4, 7))]))
        steps += self.random_steps() + plain[4:] + [Step('mark', name='ready')]
        if 'optional' in self.traits:
            for _ in range(rng.randint(2, 4)):
                steps.insert(rng.randint(2, len(steps)), self.optional())
        return steps + self.make_children()

    def random_steps(self):
        steps = []
        if 'rare' in self.traits:
            for _ in range(self.rng.randint(1, 2)):
                steps.append(Step('exception', self.rng.choice(SHARES[:2]), module=self.exe,
                                  code=self.rng.choice([4, 7, 8])))
            steps.append(Step('failed', self.rng.choice(SHARES[:2]), name='lib%s.so' % self.word()))
        for trait in ('names', 'folders'):
            if trait in self.traits:
                step = self.plugin(needs=0)
                step.module.folder = self.temporary
                step.unpacked = trait
                steps.append(step)
        return steps

    def child(self, share=1.0, name=None):
        child = Program.__new__(Program)
        child.__dict__.update(self.__dict__)
        child.exe = Module(name or self.word() + ('.exe' if self.windows else ''), self.system
                if self.windows else '/usr/bin/', self.rng.sample(self.libraries[:8], 2))
        child.arguments, child.steps = ['-x', self.word()], []
        return Step('child', share, child=child)

    def make_children(self):
        rng = self.rng
        if 'script' in self.traits:
            names = [self.word() + ('.exe' if self.windows else '') for _ in range(9)]
            return [self.child(name=rng.choice(names)) for _ in range(50)]
        if 'children' not in self.traits:
            return []
        children = [self.child() for _ in range(rng.randint(1, 3))]
        return children + [self.child(rng.choice(SHARES)) for _ in range(rng.randint(1, 2))]

    def loads(self):
        """The requests of the main thread that always come, and bring nothing but themselves."""
        return [i for i, step in enumerate(self.steps)
                if step.kind == 'load' and step.share == 1 and not step.module.needs
                and not hasattr(step, 'unpacked')]

    def plant(self, change, rng):
        """Changes one thing. Returns the names that a report must tell, or None where this program
        has no place for it."""
        if change.startswith('swap'):
            return self.plant_swap(change, rng)
        if change.split('-')[0] in ('extra', 'lost'):
            return self.plant_child(*change.split('-'))
        loads = self.loads()
        at = rng.choice(loads)
        module = self.steps[at].module
        if change == 'added':
            added = self.plugin(needs=0)
            self.steps.insert(at, added)
            return [added.module.name]
        if change == 'removed':
            del self.steps[at]
        elif change == 'identity':
            module.build = 2
        elif change == 'path':
            module.folder += 'plugins' + ('\\' if self.windows else '/')
        elif change == 'version':
            module.build, module.version = 2, '1.3'
            module.name = module.name.replace('.so', '-1.3.so')
        elif change == 'renamed':
            before, module.name = module.name, self.word() + os.path.splitext(module.name)[1]
            return [before, module.name]
        elif change == 'twice':
            module.again = True
        elif change == 'cause':
            a, b, c = self.fork
            a.needs, b.needs = [], [c]
            return [c.name]
        elif change == 'argument':
            self.arguments = self.arguments[:-1] + ['9090', '--verbose']
            return ['9090']
        elif change == 'environment':
            self.environment['MODE'] = 'safe'
            return ['MODE']
        elif change == 'exception':
            self.steps.insert(at, Step('exception', code=11, module=module))
            return ['0xc000000b' if self.windows else 'SIGSEGV']
        elif change == 'failed':
            self.steps.insert(at, Step('failed', name='lib%s.so' % self.word()))
            return [self.steps[at].name]
        return [module.name]

    def plant_swap(self, change, rng):
        loads = self.loads()
        if change == 'swap-across':  # a < opt < c: where opt is absent, c comes before a
            at = rng.choice(loads[:-1])
            options = [i for i in range(at + 1, len(self.steps)) if self.steps[i].share == 0.5]
            after = [i for i in loads if options and i > options[0]]
            if not after:
                return None
            other = after[0]
        else:
            first = rng.randrange(len(loads) - 1 if change == 'swap-adjacent' else len(loads) - 3)
            at, other = loads[first], loads[first + (1 if change == 'swap-adjacent' else 3)]
        steps = self.steps
        steps[at], steps[other] = steps[other], steps[at]
        return [steps[other].module.name, steps[at].module.name]

    def plant_child(self, what, where):
        children = [i for i, step in enumerate(self.steps) if step.kind == 'child']
        if not children:
            return None
        at = children[{'first': 0, 'middle': len(children) // 2, 'last': -1}[where]]
        name = self.steps[at].child.exe.name
        if what == 'lost':
            del self.steps[at]
        else:
            # as one that is there already, so that only its number tells
            self.steps.insert(at + (where == 'last'), self.child(name=name))
        return [name]


class Run:
    """One run as a list of (t_ns, pid, tid, kind, details), in order. Chance is `rng`'s."""

    def __init__(self, program, seed):
        self.program, self.rng = program, random.Random('run %s' % seed)
        self.events, self.next_pid = [], self.rng.randrange(1000, 50000)
        self.windows, self.base = program.windows, 0x7f0000000000
        self.process(program, 0, None)
        self.events.sort(key=lambda event: event[0])  # stable: what was first stays first

    def new_pid(self):
        self.next_pid += 4 if self.windows else 1
        return self.next_pid

    def after(self, ms):
        return int(ms * 1e6 * self.rng.lognormvariate(0, 0.1))

    def add(self, ns, tid, kind, **details):
        self.events.append((ns, self.pid, tid, kind, details))

    def process(self, program, ns, parent):
        """All of one process; returns when it ends."""
        self.pid, self.present, self.loaders = self.new_pid(), set(), []
        if parent is not None and not self.windows:
            self.add(ns, self.pid, 'CreateProcess', via='fork', parent=parent, program=program)
            ns += self.after(0.1)
        self.add(ns, self.pid, 'CreateProcess', program=program, parent=parent,
                 via='launch' if parent is None else 'create' if self.windows else 'exec')
        ns = self.start(program, ns + self.after(0.5))
        for step in program.steps:
            if step.share == 1 or self.rng.random() < step.share:
                ns = getattr(self, 'do_' + step.kind)(step, ns)
        ns += self.after(2)
        self.add(ns, self.pid, 'ExitProcess')
        return ns

    def start(self, program, ns):
        if 'parallel' in program.traits and program.steps:
            self.loaders = [self.new_pid() for _ in range(3)]
            for tid in self.loaders:
                self.add(ns, tid, 'CreateThread', module=None)
        ns = self.request(program.exe, self.pid, ns, 'startup', program.exe)
        if not self.windows:
            self.add(ns, self.pid, 'EntryPoint')
        return ns + self.after(1)

    def closure(self, root):
        """What a request brings, as (module, who needs it), breadth first, in the order of what it
        needs or, by the loader's own threads, in any that has who needs it first."""
        queue, found, seen = [(root, None)], [], set()
        while queue:
            at = self.rng.randrange(len(queue)) if self.loaders and found else 0
            module, by = queue.pop(at)
            if module.name in self.present or module.name in seen:
                continue
            seen.add(module.name)
            found.append((module, by))
            queue += [(needed, module) for needed in module.needs]
        return found

    def request(self, root, tid, ns, phase, asker):
        """Loads under the loader lock; returns when it is done."""
        first = True
        for module, by in self.closure(root):
            if module is asker:
                continue  # the program itself
            self.present.add(module.name)
            if self.windows or first:
                ns += self.after(0.3)
            thread = self.rng.choice(self.loaders) if self.loaders and by else tid
            self.base += 0x100000
            self.add(ns, thread, 'LoadDll', module=module, by=by, asker=asker, phase=phase,
                     base=self.base, is_root=first and phase != 'startup')
            first = False
        return ns + 1000

    def do_load(self, step, ns, tid=None, in_pool=False):
        module = step.module
        if hasattr(step, 'unpacked'):
            word = ''.join(self.rng.choice(LETTERS) for _ in range(6))
            module = module.copy()
            if step.unpacked == 'names':
                module.name = 'tmp' + word + ('.dll' if self.windows else '.so')
            else:
                module.folder += 'unpack-' + word + ('\\' if self.windows else '/')
        tid = tid or self.pid
        ns = self.request(module, tid, ns if in_pool else ns + self.after(1.5), 'runtime',
                          self.program.exe)
        if module.again and not in_pool:
            self.add(ns + self.after(0.5), tid, 'UnloadDll', base=self.base)
            self.present.discard(module.name)
            ns = self.request(module, tid, ns + self.after(2), 'runtime', self.program.exe)
        return ns

    def do_pool(self, step, ns):
        jobs = [job for job in step.jobs if job.share == 1 or self.rng.random() < job.share]
        waiting, lock = [], 0
        for number in range(step.threads):
            tid = self.new_pid()
            ns += self.after(0.05)
            self.add(ns, tid, 'CreateThread', module=self.program.exe)
            heapq.heappush(waiting, (ns + self.after(0.5), number, tid, None))
        while waiting:
            at, number, tid, job = heapq.heappop(waiting)
            if job is not None:
                at = lock = self.do_load(job, max(at, lock), tid, True)
            if jobs:
                work = int(self.rng.gammavariate(2, 1) * 1e6)
                heapq.heappush(waiting, (at + work, number, tid, jobs.pop(0)))
            else:
                self.add(at, tid, 'ExitThread')
                ns = max(ns, at)
        return ns + self.after(0.2)

    def do_folder(self, step, ns):
        for job in self.rng.sample(step.jobs, len(step.jobs)):
            ns = self.do_load(job, ns)
        return ns

    def do_child(self, step, ns):
        mine = (self.pid, self.present, self.loaders)
        ns = self.process(step.child, ns + self.after(1), self.pid)
        self.pid, self.present, self.loaders = mine
        return ns + self.after(0.3)

    def do_exception(self, step, ns):
        ns += self.after(0.5)
        self.add(ns, self.pid, 'Exception', code=step.code, module=step.module)
        return ns

    def do_failed(self, step, ns):
        ns += self.after(0.5)
        self.add(ns, self.pid, 'LoadFailed', name=step.name)
        return ns

    def do_mark(self, step, ns):
        self.add(ns, self.pid, 'Mark', name=step.name)
        return ns
