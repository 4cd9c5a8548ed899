import { isRecord } from '../json.ts';
import type { ResourceType } from './resource-type.ts';

/**
 * Returns the property paths that a type neither supports nor lists as inert, such as `Layers` or
 * `Code.ZipFile`.
 */
export function unknownProperties(properties: unknown, type: ResourceType): readonly string[] {
  if (type.inertAsWhole !== undefined) return [];
  const honoured = type.honoured.map((path) => path.split('.'));
  const inert = Object.keys(type.inert).map((path) => path.split('.'));
  const isKnown = (path: readonly string[]) =>
    honoured.some((pattern) => covers(pattern, path)) || inert.some((prefix) => startsWith(prefix, path));
  return [...new Set(leafPaths(properties, []))]
    .filter((path) => !isKnown(path))
    .map((path) => path.join('.'));
}

function leafPaths(value: unknown, path: readonly string[]): readonly (readonly string[])[] {
  if (Array.isArray(value)) return value.flatMap((member) => leafPaths(member, path));
  if (!isRecord(value)) return [path];
  return Object.entries(value).flatMap(([key, member]) => leafPaths(member, [...path, key]));
}

function covers(pattern: readonly string[], path: readonly string[]): boolean {
  if (pattern.at(-1) === '**') return startsWith(pattern.slice(0, -1), path);
  return pattern.length === path.length && startsWith(pattern, path);
}

function startsWith(prefix: readonly string[], path: readonly string[]): boolean {
  return prefix.length <= path.length && prefix.every((part, index) => part === '*' || part === path[index]);
}
