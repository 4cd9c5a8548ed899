import type { WebhookResponse } from '../../webhooks/model/response.ts';

/** An HTTP request of a delivery. */
export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Aborts the request. */
  readonly signal?: AbortSignal;
}

/** Sends deliveries to receivers. Never throws. */
export interface WebhookSender {
  /** Sends a POST request; it ends after 15 s at the latest. Redirects are not followed. */
  post(request: WebhookRequest): Promise<WebhookResponse>;
}
