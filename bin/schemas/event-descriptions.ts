import type { Descriptions } from '../open-api/descriptions/describe-members.ts';

export const operationEventMembers = {
  specversion: 'Version of the CloudEvents specification.',
  id: 'ID of the operation; a repeated delivery has the same ID.',
  source: 'URL of the API that created the event.',
  type: 'Type of the event, `errand.operation.` followed by the status of the operation.',
  subject: 'URN of the operation.',
  time: 'Time of the end of the operation, RFC 3339 in UTC with milliseconds.',
  datacontenttype: 'Media type of `data`.',
  traceparent: 'W3C trace context of the operation.',
  tenant: 'Tenant that owns the operation.',
  data: {
    text: 'The operation that ended.',
    members: {
      operation: {
        text: 'What the operation did.',
        members: {
          id: 'ID of the operation, a UUIDv7 in lower case.',
          action: 'What the operation did with each job.',
          status: 'How the operation ended.',
          matched: 'Number of jobs that the operation found.',
          done: 'Number of jobs with which the action succeeded.',
          refused: 'Number of jobs that did not allow the action.',
          failed: 'Number of jobs with which the action failed.',
        },
      },
    },
  },
} as const satisfies Descriptions;

export const webhookEventMembers = {
  specversion: 'Version of the CloudEvents specification.',
  id: 'ID of the event, `<webhook id>/<version of the webhook>`; a repeated delivery has the same ID.',
  source: 'URL of the API that created the event.',
  type: 'Type of the event.',
  subject: 'URN of the webhook.',
  time: 'Time when the webhook was disabled, RFC 3339 in UTC with milliseconds.',
  datacontenttype: 'Media type of `data`.',
  tenant: 'Tenant that owns the webhook.',
  data: {
    text: 'The webhook that was disabled.',
    members: {
      webhookId: 'ID of the webhook, a UUIDv7 in lower case.',
      url: 'URL of the webhook.',
      disabledReason:
        '`gone`: its receiver responded with 410; `failing`: every attempt failed for five days.',
    },
  },
} as const satisfies Descriptions;
