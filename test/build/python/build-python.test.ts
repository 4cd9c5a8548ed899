import { execFileSync } from 'node:child_process';
import { existsSync, globSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { newServiceFolder, type ServiceFolder } from '../service-folder.ts';

const main = 'import lib.double\n\ndef handler(event, context):\n    return lib.double.double(event)\n';

function python(directory: string, code: string): string {
  const script = `import sys; sys.dont_write_bytecode = True; sys.path.insert(0, sys.argv[1]); ${code}`;
  return execFileSync('python3', ['-I', '-c', script, directory], { encoding: 'utf8' }).trim();
}

/** A wheel without machine code, made by hand so that the test needs no registry. */
function writeWheel(service: ServiceFolder, name: string): void {
  const source = join(service.folder, '.wheel', `${name}-1.0`);
  mkdirSync(join(source, name), { recursive: true });
  writeFileSync(join(source, name, '__init__.py'), 'answer = 42\n');
  writeFileSync(join(source, `${name}_one.py`), 'one = 1\n');
  const script = [
    'import sys, zipfile',
    'folder, name, target = sys.argv[1:]',
    'info = f"{name}-1.0.dist-info"',
    'with zipfile.ZipFile(target, "w") as z:',
    '    z.write(f"{folder}/{name}/__init__.py", f"{name}/__init__.py")',
    '    z.write(f"{folder}/{name}_one.py", f"{name}_one.py")',
    '    z.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n")',
    '    z.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")',
    '    z.writestr(f"{info}/RECORD", f"{name}/__init__.py,,\\n{name}_one.py,,\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/RECORD,,\\n")',
  ].join('\n');
  const wheel = join(service.folder, '.wheel', `${name}-1.0-py3-none-any.whl`);
  execFileSync('python3', ['-c', script, source, name, wheel]);
  service.write({ 'requirements.txt': `${wheel}\n` });
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a function in Python', () => {
  test('is copied without tests, caches and environments', async () => {
    const service = newServiceFolder(
      { entry: 'main.py:handler' },
      {
        'main.py': main,
        'lib/double.py': 'def double(n):\n    return 2 * n\n',
        'lib/words.txt': 'one\n',
        'test_main.py': 'x = (',
        'tests/test_more.py': '',
        '.env': 'SECRET=1',
        'node_modules/a/index.py': '',
        '__pycache__/main.pyc': '',
        'env/pyvenv.cfg': '',
        'env/lib.py': '',
      },
    );
    const built = await service.build();
    const files = ['lib/double.py', 'lib/words.txt', 'main.py'];
    expect(globSync('**/*.*', { cwd: built.directory }).sort()).toEqual(files);
    expect(built).toMatchObject({ handler: 'main.handler', runtime: 'python3.14', notices: [] });
    expect([...built.inputs].sort()).toEqual(files.map((name) => join(service.folder, name)));
    expect(python(built.directory, 'import main; print(main.handler(21, None))')).toBe('42');
    expect(existsSync(join(service.folder, 'lib', '__pycache__'))).toBe(false);
  });

  test('has the packages of requirements.txt, which are installed once', async () => {
    const service = newServiceFolder(
      { entry: 'src/main.py' },
      {
        'src/main.py':
          'from sample_pkg import answer\n\nasync def handler(event, context):\n    return answer\n',
      },
    );
    writeWheel(service, 'sample_pkg');
    const first = await service.build();
    expect(first.handler).toBe('src/main.handler');
    expect(python(first.directory, 'import src.main, sample_pkg_one; print(src.main.answer)')).toBe('42');
    // Without the wheel, a second installation would fail.
    writeFileSync(join(service.folder, '.wheel', 'sample_pkg-1.0-py3-none-any.whl'), '');
    const second = await service.build();
    expect(python(second.directory, 'import src.main; print(src.main.answer)')).toBe('42');
    expect(lstatSync(join(second.directory, 'sample_pkg')).isSymbolicLink()).toBe(true);
    expect(readdirSync(second.directory)).not.toContain('__pycache__');
  });

  test('keeps files of the user out of the cache when a package has a folder of the same name', async () => {
    const service = newServiceFolder(
      { entry: 'main.py' },
      { 'main.py': 'def handler(event, context):\n    pass\n', 'sample_pkg/own.py': 'own = 1\n' },
    );
    writeWheel(service, 'sample_pkg');
    const { directory } = await service.build();
    expect(python(directory, 'import sample_pkg, sample_pkg.own; print(sample_pkg.answer)')).toBe('42');
    const [key = ''] = readdirSync(join(service.folder, '..', 'cache', 'python'));
    expect(existsSync(join(service.folder, '..', 'cache', 'python', key, 'sample_pkg', 'own.py'))).toBe(
      false,
    );
  });

  test('has new packages when a file that requirements.txt includes changes', async () => {
    const service = newServiceFolder(
      { entry: 'main.py' },
      { 'main.py': 'def handler(event, context):\n    pass\n' },
    );
    writeWheel(service, 'sample_pkg');
    const [wheel = ''] = readdirSync(join(service.folder, '.wheel')).filter((name) => name.endsWith('.whl'));
    service.write({ 'requirements.txt': '-r base.txt\n', 'base.txt': '' });
    expect(readdirSync((await service.build()).directory)).not.toContain('sample_pkg');
    service.write({ 'base.txt': join(service.folder, '.wheel', wheel) });
    expect(readdirSync((await service.build()).directory)).toContain('sample_pkg');
  });

  test('has copies of its packages for Lambda', async () => {
    const service = newServiceFolder(
      { entry: 'main.py' },
      { 'main.py': 'def handler(event, context):\n    pass\n' },
    );
    writeWheel(service, 'sample_pkg');
    const { directory } = await service.build({ kind: 'lambda', architecture: 'arm64' });
    expect(lstatSync(join(directory, 'sample_pkg')).isSymbolicLink()).toBe(false);
    expect(globSync('**/*.pyc', { cwd: directory })).toEqual([]);
  });
});

describe('a function in Python that cannot be built', () => {
  test.each<[string, Record<string, string>, object]>([
    [
      'a syntax error in any file',
      { 'main.py': 'def handler(event, context):\n    pass\n', 'lib/a.py': 'x = 1\ny = (\n' },
      {
        file: 'lib/a.py',
        line: 2,
        message: expect.stringMatching(/^lib\/a\.py:2:5: '\(' was never closed\.$/),
      },
    ],
    [
      'no such function',
      { 'main.py': 'def run(event, context):\n    pass\n' },
      {
        message:
          'main.py: There is no function "handler": define it, or name another one in "entry" of service.json, such as "main.py:run".',
      },
    ],
    [
      'a handler that is no function',
      { 'main.py': '\nhandler = 5\n' },
      { line: 2, message: expect.stringContaining('"handler" is not a function') },
    ],
    ['no such file', {}, { file: 'main.py', message: expect.stringContaining('The file does not exist') }],
    [
      'a package that does not exist',
      {
        'main.py': 'def handler(event, context):\n    pass\n',
        'requirements.txt': './none-1.0-py3-none-any.whl\n',
      },
      {
        file: 'requirements.txt',
        message: expect.stringMatching(/pip cannot install the packages for this machine: .*none/),
      },
    ],
  ])('is an error for %s', async (_, files, error) => {
    const service = newServiceFolder({ entry: 'main.py' }, files);
    await expect(service.build()).rejects.toMatchObject({ name: 'BuildError', ...error });
  });

  test('is an error when Python is not installed', async () => {
    vi.stubEnv('PATH', '');
    const service = newServiceFolder(
      { entry: 'main.py', runtime: 'python3.12' },
      { 'main.py': 'def handler(event, context):\n    pass\n' },
    );
    await expect(service.build()).rejects.toThrow(
      'Python is not installed: install Python 3.12 so that `python3.12` or `python3` is on the PATH.',
    );
  });

  test('is correct again once the file is corrected', async () => {
    const service = newServiceFolder({ entry: 'main.py' }, { 'main.py': 'def handler(:\n' });
    await expect(service.build()).rejects.toThrow('main.py:1:13: Invalid syntax.');
    service.write({ 'main.py': 'def handler(event, context):\n    pass\n' });
    await expect(service.build()).resolves.toMatchObject({ handler: 'main.handler' });
  });
});
