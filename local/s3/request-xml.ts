import { AwsError } from '../aws-error.ts';
import { type ChecksumAlgorithm, checksumAlgorithm } from './integrity/checksum.ts';

/** A part that a client names to complete an upload. */
export interface NamedPart {
  readonly partNumber: number;
  readonly etag: string;
  /** Checksums in base64; S3 expects at most one. */
  readonly checksums: ReadonlyArray<readonly [ChecksumAlgorithm, string]>;
}

/** Parses the keys of a DeleteObjects body, at most 1,000. Throws `AwsError` `MalformedXML`. */
export function deletedKeys(body: Buffer): readonly string[] {
  const keys = elements(body.toString(), 'Object').map((object) => text(object, 'Key'));
  if (keys.length === 0 || keys.length > 1000 || keys.some((key) => key === undefined)) throw malformed();
  return keys.flatMap((key) => (key === undefined ? [] : [key]));
}

/** Reports whether a DeleteObjects body requests a response with failures only. */
export function isQuiet(body: Buffer): boolean {
  return text(body.toString(), 'Quiet') === 'true';
}

/** Parses the parts of a CompleteMultipartUpload body. Throws `AwsError` `MalformedXML`. */
export function namedParts(body: Buffer): readonly NamedPart[] {
  const parts = elements(body.toString(), 'Part').map((part) => ({
    partNumber: Number(text(part, 'PartNumber')),
    etag: text(part, 'ETag')?.replaceAll('"', '') ?? '',
    checksums: [...part.matchAll(/<Checksum(\w+)>([^<]*)</g)].map(
      ([, name = '', value = '']) => [checksumAlgorithm(name), value] as const,
    ),
  }));
  if (parts.length === 0 || parts.some((part) => !Number.isInteger(part.partNumber))) throw malformed();
  return parts;
}

function elements(xml: string, name: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, 'g'))].map(
    ([, inner]) => inner ?? '',
  );
}

function text(xml: string, name: string): string | undefined {
  const inner = elements(xml, name)[0];
  return inner === undefined ? undefined : unescapeXml(inner);
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(escaped: string): string {
  return escaped.replace(/&(#x?)?(\w+);/g, (whole, number: string | undefined, name: string) => {
    if (number === undefined) return entities[name] ?? whole;
    return String.fromCodePoint(Number.parseInt(name, number === '#x' ? 16 : 10));
  });
}

function malformed(): AwsError {
  return new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
}
