import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import type { PackageManifest } from './installed-package.ts';

/**
 * Packages that find the native part of the package that depends on them. They compute its path when they run, so a bundle
 * cannot contain it. https://esbuild.github.io/content-types/#external-native
 */
const loaders = [
  '@mapbox/node-pre-gyp',
  '@neon-rs/load',
  'bindings',
  'detect-libc',
  'node-gyp-build',
  'node-gyp-build-optional-packages',
  'node-pre-gyp',
  'pkg-prebuilds',
  'prebuild-install',
];
const installers = /\b(?:node-gyp|node-pre-gyp|prebuild-install|node-gyp-build|cmake-js|pkg-prebuilds)\b/;
/** One package for each platform, such as `@img/sharp-linux-x64` or `@esbuild/darwin-arm64`. */
export const platformPackage = /(?:^|[/-])(?:linux|darwin|win32)-(?:x64|arm64)\b/;

/** True for a package that has, or loads, machine code, which no bundle can contain. */
export function isNative(directory: string, manifest: PackageManifest): boolean {
  const { dependencies = {}, optionalDependencies = {}, scripts = {} } = manifest;
  return (
    manifest.gypfile === true ||
    (typeof manifest.binary === 'object' && manifest.binary !== null && 'module_name' in manifest.binary) ||
    loaders.some((loader) => Object.hasOwn(dependencies, loader)) ||
    Object.keys(optionalDependencies).some((name) => platformPackage.test(name)) ||
    [scripts['install'], scripts['postinstall']].some((script) => installers.test(script ?? '')) ||
    existsSync(join(directory, 'binding.gyp')) ||
    globSync('**/*.node', { cwd: directory, exclude: (name) => name === 'node_modules' }).length > 0
  );
}
