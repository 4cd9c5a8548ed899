import { arrow, type Box, label, path, rectangle } from './boxes.ts';
import type { Diagram } from './diagram.ts';

const size = { width: 158, height: 70 };
const rows = { upper: 50, lower: 190 };
const client: Box = { x: 84, y: rows.upper, ...size };
const api: Box = { x: 304, y: rows.upper, ...size };
const attempts: Box = { x: 524, y: rows.upper, ...size };
const service: Box = { x: 744, y: rows.upper, ...size };
const subscribers: Box = { x: 84, y: rows.lower, ...size };
const record: Box = { x: 304, y: rows.lower, ...size };
const storage: Box = { x: 744, y: rows.lower, ...size };

/** The way of a job from its submission to its result, with the services of AWS that carry it. */
export const journeyDiagram: Diagram = {
  title: 'The way of a job',
  description:
    'A caller submits a job to the API, which checks it and writes its record in DynamoDB. Step Functions runs an attempt: your Lambda function or your container on AWS Batch. Results and files are in S3. Each change of the record is published to callers, webhooks and the event bus.',
  width: 836,
  height: 240,
  body: [
    box(client, 'Your program', 'client, command, curl'),
    box(api, 'API', 'checks the parameters'),
    box(attempts, 'Attempt', 'Step Functions, retries'),
    box({ ...service, className: 'box accent' }, 'Your service', 'Lambda or AWS Batch'),
    box(record, 'Record of the job', 'DynamoDB'),
    box(subscribers, 'Events', 'streams, webhooks'),
    box(storage, 'Results and files', 'S3'),
    arrow(client, api),
    label({ x: 192, y: rows.upper - 8 }, 'submit', 'note'),
    arrow(api, attempts),
    label({ x: 412, y: rows.upper - 8 }, 'start', 'note'),
    arrow(attempts, service),
    label({ x: 632, y: rows.upper - 8 }, 'invoke', 'note'),
    arrow(api, record),
    label({ x: 312, y: 124 }, 'accepted', 'note left'),
    arrow(record, subscribers),
    label({ x: 192, y: rows.lower - 8 }, 'publish', 'note'),
    path([
      { x: attempts.x, y: rows.upper + 38 },
      { x: attempts.x, y: rows.lower },
      { x: record.x + 82, y: rows.lower },
    ]),
    label({ x: 532, y: 120 }, 'succeeded, failed,', 'note left'),
    label({ x: 532, y: 136 }, 'error or aborted', 'note left'),
    arrow(subscribers, client),
    arrow(service, storage),
  ].join('\n'),
};

function box(at: Box & { readonly className?: string }, name: string, note: string): string {
  return `${rectangle(at, at.className)}${label({ x: at.x, y: at.y - 4 }, name)}${label({ x: at.x, y: at.y + 17 }, note, 'note')}`;
}
