import type { AwsResponse } from '../cloud.ts';
import { escapeXml } from '../gateway/error-response.ts';

/** An XML element: its text or its children. Elements without a value are omitted. */
export type XmlElement = readonly [
  name: string,
  value: string | number | boolean | undefined | readonly XmlElement[],
];

/** Builds a 200 response with an S3 document. */
export function xmlResponse(root: string, elements: readonly XmlElement[]): AwsResponse {
  const inner = elements.map(elementText).join('');
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</${root}>`,
  };
}

function elementText([name, value]: XmlElement): string {
  if (value === undefined) return '';
  const inner = Array.isArray(value) ? value.map(elementText).join('') : escapeXml(String(value));
  return `<${name}>${inner}</${name}>`;
}
