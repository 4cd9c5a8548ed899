import * as z from 'zod/mini';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const jobUrnPrefix = 'urn:errand:job:';
const serviceUrnPrefix = 'urn:errand:service:';

/** `urn:errand:job:<uuid>` */
export function jobUrn(jobId: string): string {
  return `${jobUrnPrefix}${jobId}`;
}

/** The id in a bare id or URN, lower-cased; undefined when it is neither. */
export function parseJobId(text: string): string | undefined {
  const id = text.toLowerCase().startsWith(jobUrnPrefix) ? text.slice(jobUrnPrefix.length) : text;
  const lower = id.toLowerCase();
  return uuidPattern.test(lower) ? lower : undefined;
}

/** `urn:errand:service:<name>:<version>` */
export function serviceUrn(name: string, version: string): string {
  return `${serviceUrnPrefix}${name}:${version}`;
}

/** 1 to 63 characters: lower-case letters, digits, `-`; begins with a letter, does not end with `-`. */
export const serviceName = z
  .string()
  .check(z.regex(/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'must be lower-case letters, digits and -, 1 to 63'));

/** Numbers of up to 15 digits: what compares versions takes none above 9007199254740991. */
const semanticVersion =
  /^(?:0|[1-9]\d{0,14})\.(?:0|[1-9]\d{0,14})\.(?:0|[1-9]\d{0,14})(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?$/;

/** A semantic version without build metadata, at most 64 characters, numbers of 15 digits (semver.org, 2.0.0). */
export const serviceVersion = z
  .string()
  .check(
    z.maxLength(64, 'must be at most 64 characters'),
    z.regex(semanticVersion, 'must be a semantic version such as 1.0.0'),
  );

export interface ServiceSelector {
  readonly name: string;
  /** Exact version or semver range; absent when the caller named none. */
  readonly version?: string;
}

/** Reads `name`, `name@range`, a service URN, or the URL of a service or version; undefined when it is none. */
export function parseServiceSelector(text: string): ServiceSelector | undefined {
  const [name = '', version] = splitSelector(text);
  if (!serviceName.safeParse(name).success) return undefined;
  if (version === undefined) return { name };
  return version === '' || version.length > 64 ? undefined : { name, version };
}

function splitSelector(text: string): readonly (string | undefined)[] {
  if (text.startsWith(serviceUrnPrefix)) return text.slice(serviceUrnPrefix.length).split(/:(.*)/s, 2);
  if (/^https?:\/\//.test(text)) return splitUrl(text);
  return text.split(/@(.*)/s, 2);
}

/** Without a name when the URL is that of no service, or not well encoded. */
function splitUrl(url: string): readonly (string | undefined)[] {
  const path = /\/v1\/services\/([^/?#]+)(?:\/versions\/([^/?#]+))?$/.exec(url);
  try {
    return path === null ? [] : [path[1], path[2] === undefined ? undefined : decodeURIComponent(path[2])];
  } catch {
    return [];
  }
}
