import type { PlatformUse } from './find-platform-uses.ts';

/** A use that is necessary, with what happens on the other platforms. */
export interface AllowedPlatformUse {
  readonly file: string;
  readonly rules: readonly PlatformUse['rule'][];
  readonly reason: string;
}

const windowsIgnoresModes =
  'Keeps other users of Linux and macOS out. Windows ignores the mode; access follows the folder above, and a user’s own folder is private.';

/** The list for reviews: everything in the shipped code that depends on the platform. */
export const allowedPlatformUses: readonly AllowedPlatformUse[] = [
  {
    file: 'local/processes/spawn-bound.ts',
    rules: ['platform'],
    reason: 'Selects one of the two ways to start a program that ends with this process.',
  },
  {
    file: 'local/processes/spawn-watched.ts',
    rules: ['system-path', 'process-group', 'signal'],
    reason: 'The way of Linux and macOS, which have a POSIX shell, process groups and signals.',
  },
  {
    file: 'local/processes/spawn-in-job.ts',
    rules: ['program'],
    reason: 'The way of Windows; taskkill.exe is part of Windows.',
  },
  {
    file: 'local/processes/group-memory.ts',
    rules: ['platform', 'system-path'],
    reason:
      'Linux has /proc, macOS has ps. On Windows, the memory of containers and function processes is not limited.',
  },
  {
    file: 'local/processes/connection-user.ts',
    rules: ['user', 'system-path'],
    reason:
      'Only Linux lists the users of connections. Elsewhere, other users of the machine are not refused.',
  },
  {
    file: 'local/processes/memory-watch.ts',
    rules: ['platform'],
    reason: 'Passes the platform on to group-memory.ts.',
  },
  {
    file: 'local/lambda/process/bootstrap-file.ts',
    rules: ['platform'],
    reason:
      'Explains why a Linux program for another processor does not run. Other systems report it themselves.',
  },
  {
    file: 'local/dynamodb/engine-binary.ts',
    rules: ['platform'],
    reason: 'Selects the package of the engine. Without one, the error names the alternative.',
  },
  {
    file: 'bin/synthesis/assembly-with-origins.ts',
    rules: ['permission'],
    reason: windowsIgnoresModes,
  },
  { file: 'local/private-folder.ts', rules: ['permission', 'user'], reason: windowsIgnoresModes },
  { file: 'local/start-local.ts', rules: ['permission'], reason: windowsIgnoresModes },
  { file: 'local/live/live-store.ts', rules: ['permission'], reason: windowsIgnoresModes },
  { file: 'bin/control/control-file.ts', rules: ['permission'], reason: windowsIgnoresModes },
  { file: 'bin/local-key.ts', rules: ['permission'], reason: windowsIgnoresModes },
  { file: 'bin/start-errand.ts', rules: ['permission'], reason: windowsIgnoresModes },
  {
    file: 'bin/apps/link-aws-sdk.ts',
    rules: ['permission'],
    reason: 'Links of the type junction need no privilege on Windows.',
  },
  {
    file: 'bin/checks/check-commit-subjects.ts',
    rules: ['program'],
    reason: 'git is an .exe file on Windows.',
  },
  {
    file: 'build/python/build-python.ts',
    rules: ['permission'],
    reason: 'On Windows the link is a junction, which every user may make.',
  },
  {
    file: 'build/node/add-packages.ts',
    rules: ['permission'],
    reason: 'On Windows the link is a junction, which every user may make.',
  },
  {
    file: 'package/errand.js',
    rules: ['platform', 'signal'],
    reason: 'Selects the package with Node.js. Windows sends Ctrl-C to the program itself.',
  },
];
