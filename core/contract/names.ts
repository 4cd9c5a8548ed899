import * as z from 'zod/mini';

const jobUrnPrefix = 'urn:errand:job:';
const serviceUrnPrefix = 'urn:errand:service:';

/** The id of a job or its URN, in any case, as the source of a regular expression: the OpenAPI document has no flags. */
export const jobReferenceForm =
  '(?:[Uu][Rr][Nn]:[Ee][Rr][Rr][Aa][Nn][Dd]:[Jj][Oo][Bb]:)?' +
  '[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-7[0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}';
const jobReferencePattern = new RegExp(`^${jobReferenceForm}$`);

/** The id or the URN of a job. */
export const jobReference = z
  .string()
  .check(z.regex(jobReferencePattern, 'must be the id or the URN of a job'));

/** `urn:errand:job:<uuid>` */
export function jobUrn(jobId: string): string {
  return `${jobUrnPrefix}${jobId}`;
}

/** The id in a bare id or URN, lower-cased; undefined when it is neither. */
export function parseJobId(text: string): string | undefined {
  return jobReferencePattern.test(text) ? text.toLowerCase().replace(jobUrnPrefix, '') : undefined;
}

/** `urn:errand:service:<name>:<version>` */
export function serviceUrn(name: string, version: string): string {
  return `${serviceUrnPrefix}${name}:${version}`;
}

const nameForm = '[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?';
/** The name of a service, as the source of a regular expression. */
export const serviceNameForm = `^${nameForm}$`;

/** 1 to 63 characters: lower-case letters, digits, `-`; begins with a letter, does not end with `-`. */
export const serviceName = z
  .string()
  .check(z.regex(new RegExp(serviceNameForm), 'must be lower-case letters, digits and -, 1 to 63'));

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

const anyForm = '[xX*]';

/** One bound of a range, whose numbers have at most so many digits; a prerelease only behind all three. */
function boundForm(digits: number, prerelease: string): string {
  const number = `(?:0|[1-9][0-9]{0,${digits - 1}})`;
  const patch = `(?:[.](?:${anyForm}|${number}${prerelease}))?`;
  const minor = `(?:[.](?:${anyForm}|${number}${patch}))?`;
  return `(?:[~^]|[<>]=?|=)?(?:${anyForm}|${number}${minor})`;
}

const exact = Array(3).fill('(?:0|[1-9][0-9]{0,4})').join('[.]');
const short = boundForm(5, '');
const long = boundForm(14, '(?:-[a-zA-Z][0-9a-zA-Z]{0,7}(?:[.](?:0|[1-9][0-9]{0,7}))?)?');
const rangeForm = `(?:${long}|${short} ${short}(?: [|][|] ${short})?|${short} [|][|] ${short})`;
/** The usual ranges of versions, at most 64 characters, as the source of a regular expression; others are accepted, too. */
export const versionRangeForm = `^${rangeForm}$`;

/** What names a service in a submission: `name`, `name@range`, a URN, or an address. */
export const serviceTextForm = `^(?:${nameForm}(?:@${rangeForm})?|${serviceUrnPrefix}${nameForm}(?::${rangeForm})?|https?://[^?# ]+/v1/services/${nameForm}(?:/versions/${exact})?)$`;

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
