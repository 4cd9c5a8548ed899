import { createHash } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import { isRecord, type JsonRecord } from '../json.ts';

/** MD5 of a message body, which SQS returns so that clients can compare it. */
export function bodyDigest(body: string): string {
  return createHash('md5').update(body).digest('hex');
}

/**
 * MD5 of message attributes: sorted by name, each with its type and value, all preceded by their lengths.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function attributesDigest(attributes: JsonRecord): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const add = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const { type, isBinary, bytes } = attributeValue(name, attributes[name]);
    add(Buffer.from(name));
    add(Buffer.from(type));
    hash.update(Buffer.from([isBinary ? 2 : 1]));
    add(bytes);
  }
  return hash.digest('hex');
}

/** Size of attributes in bytes, which counts towards the size of a message. */
export function attributesSizeBytes(attributes: JsonRecord): number {
  return Object.entries(attributes).reduce((sum, [name, value]) => {
    const { type, bytes } = attributeValue(name, value);
    return sum + Buffer.byteLength(name) + Buffer.byteLength(type) + bytes.length;
  }, 0);
}

function attributeValue(name: string, value: unknown): { type: string; isBinary: boolean; bytes: Buffer } {
  const type = isRecord(value) ? String(value['DataType']) : '';
  const isBinary = type.startsWith('Binary');
  const content = isRecord(value) ? value[isBinary ? 'BinaryValue' : 'StringValue'] : undefined;
  if (!/^(String|Number|Binary)(\.|$)/.test(type) || typeof content !== 'string') {
    throw new AwsError(
      'InvalidParameterValue',
      `the message attribute ${name} has no known type or no value`,
    );
  }
  return { type, isBinary, bytes: Buffer.from(content, isBinary ? 'base64' : 'utf8') };
}
