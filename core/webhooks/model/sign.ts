import { createHmac } from 'node:crypto';
import type { WebhookSecrets } from './webhook.ts';

/** The prefix of every secret. */
const secretPrefix = 'whsec_';

/** A message to sign. */
export interface SignedContent {
  /** The ID of the event. */
  readonly id: string;
  /** Epoch seconds. */
  readonly timestamp: number;
  readonly body: string;
}

/** Formats 256 random bits in base64url as the secret of a webhook: `whsec_` and 32 bytes in Base64. */
export function webhookSecret(random: string): string {
  return secretPrefix + Buffer.from(random, 'base64url').toString('base64');
}

/**
 * Returns the value of the header `webhook-signature`: one signature for each valid secret, the current one first
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme).
 */
export function signaturesOf(content: SignedContent, secrets: WebhookSecrets): string {
  const { current, previous } = secrets;
  const isValid = previous !== undefined && content.timestamp * 1000 < previous.expiresAt;
  return [current, ...(isValid ? [previous.secret] : [])]
    .map((secret) => signatureOf(content, secret))
    .join(' ');
}

function signatureOf({ id, timestamp, body }: SignedContent, secret: string): string {
  const key = Buffer.from(secret.slice(secretPrefix.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}
