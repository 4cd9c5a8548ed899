/** Faults of the event log, in the form of mutations.ts. */
export const logMutations = [
  {
    what: 'an entry counts as appended although its number is taken',
    edits: [{ within: 'appendOnce', from: " === 'appended'", to: ' !== undefined' }],
  },
  {
    what: 'an entry omits a number',
    edits: [{ within: 'nextEntry', from: ': tail.number + 1;', to: ': tail.number + 2;' }],
  },
  {
    what: 'events are published although they could not be logged',
    edits: [
      {
        within: 'logAndPublish',
        from: 'changes.filter(({ position }) => !unlogged.includes(position))',
        to: 'changes',
      },
    ],
  },
  {
    what: 'a position after an event omits the rest of its entry',
    edits: [
      { within: 'afterEvent', from: 'index + 1 >= entry.events.length', to: 'entry.events.length > index' },
    ],
  },
];
