import compare from 'semver/functions/compare.js';
import type { Service } from './service.ts';

/** By the order of semantic versions, newest first. */
export function newestFirst(services: readonly Service[]): readonly Service[] {
  return [...services].sort((left, right) => compare(right.version, left.version));
}
