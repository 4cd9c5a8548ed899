import * as z from 'zod/mini';

const jobUrnPrefix = 'urn:errand:job:';
const dataUrnPrefix = 'urn:errand:data:';
const operationUrnPrefix = 'urn:errand:operation:';
const serviceUrnPrefix = 'urn:errand:service:';

/**
 * Source of a regular expression for a job's ID or URN, in upper or lower case: patterns of the OpenAPI
 * document have no flags.
 */
export const jobReferencePattern = `(?:[Uu][Rr][Nn]:[Ee][Rr][Rr][Aa][Nn][Dd]:[Jj][Oo][Bb]:)?${uuidPattern()}`;
const jobReferenceRegExp = new RegExp(`^${jobReferencePattern}$`);

/** Source of a regular expression for the ID or URN of a data object. */
export const dataReferencePattern = `(?:[Uu][Rr][Nn]:[Ee][Rr][Rr][Aa][Nn][Dd]:[Dd][Aa][Tt][Aa]:)?${uuidPattern()}`;
const dataReferenceRegExp = new RegExp(`^${dataReferencePattern}$`);

/** Source of a regular expression for the ID or URN of an operation. */
const operationReferencePattern = `(?:[Uu][Rr][Nn]:[Ee][Rr][Rr][Aa][Nn][Dd]:[Oo][Pp][Ee][Rr][Aa][Tt][Ii][Oo][Nn]:)?${uuidPattern()}`;
const operationReferenceRegExp = new RegExp(`^${operationReferencePattern}$`);

/** Source of a regular expression for a UUIDv7. */
function uuidPattern(): string {
  return '[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-7[0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}';
}

/** The ID or the URN of a job. */
export const jobReference = z
  .string()
  .check(z.regex(jobReferenceRegExp, 'must be the ID or the URN of a job'));

/** `urn:errand:job:<uuid>` */
export function jobUrn(jobId: string): string {
  return `${jobUrnPrefix}${jobId}`;
}

/** Extracts the job ID, in lower case, from an ID or URN; undefined when the text is neither. */
export function parseJobId(text: string): string | undefined {
  return jobReferenceRegExp.test(text) ? text.toLowerCase().replace(jobUrnPrefix, '') : undefined;
}

/** The ID or the URN of a data object. */
export const dataReference = z
  .string()
  .check(z.regex(dataReferenceRegExp, 'must be the ID or the URN of a data object'));

/** `urn:errand:data:<uuid>` */
export function dataUrn(dataId: string): string {
  return `${dataUrnPrefix}${dataId}`;
}

/** Extracts the ID of a data object, in lower case, from an ID or URN; undefined when the text is neither. */
export function parseDataId(text: string): string | undefined {
  return dataReferenceRegExp.test(text) ? text.toLowerCase().replace(dataUrnPrefix, '') : undefined;
}

/** The ID or the URN of an operation. */
export const operationReference = z
  .string()
  .check(z.regex(operationReferenceRegExp, 'must be the ID or the URN of an operation'));

/** `urn:errand:operation:<uuid>` */
export function operationUrn(operationId: string): string {
  return `${operationUrnPrefix}${operationId}`;
}

/** Extracts the ID of an operation, in lower case, from an ID or URN; undefined when the text is neither. */
export function parseOperationId(text: string): string | undefined {
  return operationReferenceRegExp.test(text) ? text.toLowerCase().replace(operationUrnPrefix, '') : undefined;
}

const webhookIdRegExp = new RegExp(`^${uuidPattern()}$`);

/** The ID of a webhook. */
export const webhookIdText = z.string().check(z.regex(webhookIdRegExp, 'must be the ID of a webhook'));

/** `urn:errand:webhook:<uuid>` */
export function webhookUrn(webhookId: string): string {
  return `urn:errand:webhook:${webhookId}`;
}

/** Returns the ID of a webhook in lower case; undefined when the text is not an ID. */
export function parseWebhookId(text: string): string | undefined {
  return webhookIdRegExp.test(text) ? text.toLowerCase() : undefined;
}

/** `urn:errand:service:<name>:<version>` */
export function serviceUrn(name: string, version: string): string {
  return `${serviceUrnPrefix}${name}:${version}`;
}

const namePattern = '[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?';
/** Source of a regular expression for the name of a service. */
export const serviceNamePattern = `^${namePattern}$`;

/** 1 to 63 lower-case letters, digits and hyphens; starts with a letter and does not end with a hyphen. */
export const serviceName = z
  .string()
  .check(
    z.regex(
      new RegExp(serviceNamePattern),
      'must be 1 to 63 lower-case letters, digits and hyphens, start with a letter and not end with a hyphen',
    ),
  );

/** Numbers have at most 15 digits, because the semver package accepts no number above 9007199254740991. */
const semanticVersion =
  /^(?:0|[1-9]\d{0,14})\.(?:0|[1-9]\d{0,14})\.(?:0|[1-9]\d{0,14})(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?$/;

/**
 * A semantic version (semver.org, 2.0.0) without build metadata: at most 64 characters, numbers of at most 15
 * digits.
 */
export const serviceVersion = z
  .string()
  .check(
    z.maxLength(64, 'must be at most 64 characters'),
    z.regex(semanticVersion, 'must be a semantic version such as 1.0.0'),
  );

/**
 * Returns whether a semantic version is a development version: the first identifier of its prerelease begins with
 * `dev`, as in `0.1.0-dev`, `1.2.0-dev.3` and `1.2.0-dev3`.
 */
export function isDevelopmentVersion(version: string): boolean {
  return /^\d+\.\d+\.\d+-dev/.test(version);
}

const wildcardPattern = '[xX*]';

/**
 * Pattern of one bound of a range, with numbers of at most `digits` digits; a prerelease only follows all
 * three.
 */
function boundPattern(digits: number, prerelease: string): string {
  const number = `(?:0|[1-9][0-9]{0,${digits - 1}})`;
  const patch = `(?:[.](?:${wildcardPattern}|${number}${prerelease}))?`;
  const minor = `(?:[.](?:${wildcardPattern}|${number}${patch}))?`;
  return `(?:[~^]|[<>]=?|=)?(?:${wildcardPattern}|${number}${minor})`;
}

const exact = Array(3).fill('(?:0|[1-9][0-9]{0,4})').join('[.]');
const short = boundPattern(5, '');
const long = boundPattern(14, '(?:-[a-zA-Z][0-9a-zA-Z]{0,7}(?:[.](?:0|[1-9][0-9]{0,7}))?)?');
const rangePattern = `(?:${long}|${short} ${short}(?: [|][|] ${short})?|${short} [|][|] ${short})`;
/**
 * Source of a regular expression for common version ranges of at most 64 characters; other ranges are
 * accepted too.
 */
export const versionRangePattern = `^${rangePattern}$`;

/** Source of a regular expression for a service in a submission: `name`, `name@range`, a URN or a URL. */
export const serviceTextPattern = `^(?:${namePattern}(?:@${rangePattern})?|${serviceUrnPrefix}${namePattern}(?::${rangePattern})?|https?://[^?# ]+/v1/services/${namePattern}(?:/versions/${exact})?)$`;

export interface ServiceSelector {
  readonly name: string;
  /** Exact version or semver range; absent when the caller specified none. */
  readonly version?: string;
}

/**
 * Parses `name`, `name@range`, a service URN, or the URL of a service or version; undefined for any other
 * text.
 */
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

/** Returns no name when the URL is not that of a service or is not correctly encoded. */
function splitUrl(url: string): readonly (string | undefined)[] {
  const path = /\/v1\/services\/([^/?#]+)(?:\/versions\/([^/?#]+))?$/.exec(url);
  try {
    return path === null ? [] : [path[1], path[2] === undefined ? undefined : decodeURIComponent(path[2])];
  } catch {
    return [];
  }
}
