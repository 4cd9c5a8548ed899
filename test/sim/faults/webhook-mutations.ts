import type { Mutation } from './mutation.ts';

/** Faults of the promise "each event reaches each webhook that matches it, or its delivery ends as published". */
export const webhookMutations: readonly Mutation[] = [
  {
    what: 'an event whose message the queue did not accept is acknowledged',
    edits: [{ within: 'logAndPublish', from: '...unpublished, ...unsent]', to: '...unpublished]' }],
  },
  {
    what: 'an event whose webhooks could not be read is acknowledged',
    edits: [
      { within: 'sendToWebhooks', from: 'webhooksOf.get(event.tenant) === undefined', to: 'event.id === ""' },
    ],
  },
  {
    what: 'a filter ignores the states',
    edits: [{ within: 'matchesEvent', from: 'states.some((one) => one === state)', to: 'state.length > 0' }],
  },
  {
    what: 'a publisher remembers the webhooks of a tenant for minutes',
    edits: [{ within: 'cachedMs', from: '5000', to: '300_000' }],
  },
  {
    what: 'the attempt of a message that is received twice is made twice',
    edits: [{ within: 'isCurrent', from: 'stored.tries === number - 1', to: 'number > 0' }],
  },
  {
    what: 'an attempt is recorded before its request',
    edits: [
      {
        within: 'attempt',
        from: 'const at = deps.clock.now();',
        to: `const at = deps.clock.now();
  const ended = { kind: 'error', error: 'The process ended' } as const;
  const early = { delivery, attempt: { at, durationMs: 0, error: ended.error }, response: ended };
  if ((await recordAttempt(deps, message, early)) === undefined) return 'obsolete';`,
      },
      {
        within: 'attempt',
        from: 'message, { delivery, attempt: made, response })',
        to: `{ ...message, number: message.number + 1 }, {
    delivery: (await deps.deliveries.get(message)) ?? delivery, attempt: made, response })`,
      },
    ],
  },
  {
    what: 'the wait for an attempt counts from the first one',
    edits: [
      {
        within: 'afterAttempt',
        from: 'const nextAttemptAt = now + delayMs;',
        to: 'const nextAttemptAt = (delivery.attempts[0]?.at ?? now) + delayMs;',
      },
    ],
  },
  {
    what: 'the wait that a receiver requests is not respected',
    edits: [
      { within: 'nextDelayMs', from: 'Math.min(retryAfterMs, maxRetryAfterMs)', to: '0 * retryAfterMs' },
    ],
  },
  {
    what: 'a delivery has one attempt less than the schedule',
    edits: [
      { within: 'nextDelayMs', from: 'attemptDelaysMs[tries]', to: 'attemptDelaysMs.slice(0, -1)[tries]' },
    ],
  },
  {
    what: 'a delivery whose message was lost is not due',
    edits: [
      {
        within: 'checkAt',
        from: 'Math.max(Math.round(recoveryMs * scale), minRecoveryMs)',
        to: '100 * 86_400_000',
      },
    ],
  },
  {
    what: 'the reconciler does not request the attempts that are due',
    edits: [
      {
        within: 'requestAttempts',
        from: 'await deps.webhookQueue.send(requests.map(({ message }) => message))',
        to: '[] as readonly OutgoingMessage[]',
      },
    ],
  },
  {
    what: 'a postponed attempt is not stored',
    edits: [
      {
        within: 'postponeAttempt',
        from: 'await deliveries.put(checkedAgain(delivery, clock.now()), storedVersion(delivery));',
        to: '',
      },
    ],
  },
  {
    what: 'a receiver that is gone is called again',
    edits: [
      {
        within: 'attempt',
        from: 'if (isGone(response)) await',
        to: "if (isGone(response) && response.kind === 'error') await",
      },
    ],
  },
  {
    what: 'a webhook whose attempts have failed for five days stays active',
    edits: [{ within: 'attempt', from: 'at - failingSince >= disableAfterMs', to: 'at < failingSince' }],
  },
  {
    what: 'a success does not end the failures of a webhook',
    edits: [
      {
        within: 'recordHealth',
        from: 'await webhooks.recordSuccess(key, health.failingSince);',
        to: 'return undefined;',
      },
    ],
  },
  {
    what: 'a webhook that is enabled again remembers its failures',
    edits: [
      {
        within: 'editWebhook',
        from: "next.url !== current.url || (edit.status === 'active' && current.status !== 'active')",
        to: 'next.url !== current.url',
      },
    ],
  },
  {
    what: 'the event about a disabled webhook is lost by a crash',
    edits: [{ within: 'attemptDelivery', from: 'await announceIfDue(deps, webhook);', to: '' }],
  },
  {
    what: 'a disabled webhook still gets events',
    edits: [
      {
        within: 'attemptDelivery',
        from: "if (webhook.status !== 'active') return",
        to: "if (webhook.id === '') return",
      },
    ],
  },
  {
    what: 'the deliveries to a deleted webhook stay pending',
    edits: [
      {
        within: 'attemptDelivery',
        from: "if (webhook === undefined) return stored === undefined ? 'obsolete' : abandon(deps, stored);",
        to: "if (webhook === undefined) return 'obsolete';",
      },
    ],
  },
  {
    what: 'the secrets of a deleted webhook stay',
    edits: [{ within: 'deleteWebhook', from: 'await deps.webhookSecrets.remove(key);', to: '' }],
  },
  {
    what: 'a secret is not valid any more as soon as it is replaced',
    edits: [{ within: 'rotateSecret', from: 'deps.clock.now() + previousSecretMs', to: 'deps.clock.now()' }],
  },
  {
    what: 'a repetition restarts a delivery each time that its message is received',
    edits: [{ within: 'isIncluded', from: ' && requestId !== message.requestId', to: '' }],
  },
  {
    what: 'an event of a deleted job is not delivered any more',
    edits: [
      {
        within: 'readDeliveredEvent',
        from: 'const tombstone = await jobs.tombstone(jobKey);',
        to: 'const tombstone = undefined as Awaited<ReturnType<typeof jobs.tombstone>>;',
      },
    ],
  },
  {
    what: 'a search for missed events begins at the time of its request',
    edits: [
      {
        within: 'deliverMissed',
        from: 'positionAt(deps, tenant, since)',
        to: 'positionAt(deps, tenant, until)',
      },
    ],
  },
  {
    what: 'missed events are delivered whatever the filter of the webhook is',
    edits: [{ within: 'deliverMissed', from: 'logFilterOf(webhook)', to: '{}' }],
  },
];
