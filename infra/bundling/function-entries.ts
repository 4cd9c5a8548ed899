/**
 * The entry file of each deployed function, by its short name. Paths are relative to the root of the
 * checkout, and each file exports `handler`.
 */
export const functionEntries = {
  submit: 'functions/submit/handler.ts',
  live: 'functions/live/handler.ts',
  api: 'functions/api/handler.ts',
  worker: 'functions/worker/handler.ts',
  authorize: 'functions/authorize/handler.ts',
  dispatch: 'functions/dispatch/handler.ts',
  'submit-batch': 'functions/submit-batch/handler.ts',
  'batch-event': 'functions/batch-event/handler.ts',
  settle: 'functions/settle/handler.ts',
  'publish-events': 'functions/publish-events/handler.ts',
  'deliver-webhook': 'functions/deliver-webhook/handler.ts',
  reconcile: 'functions/reconcile/handler.ts',
  operate: 'functions/operate/handler.ts',
  docs: 'functions/docs/handler.ts',
  echo: 'examples/echo/handler.ts',
  'csv-profile': 'examples/csv-profile/handler.ts',
  'csv-profile-2': 'examples/csv-profile-2/handler.ts',
  'cpu-load': 'examples/cpu-load/handler.ts',
  flaky: 'examples/flaky/handler.ts',
  'fan-out': 'examples/fan-out/handler.ts',
} as const;

export type FunctionName = keyof typeof functionEntries;

/** The directory of each function's bundled code, absolute. */
export type FunctionCode = Readonly<Record<FunctionName, string>>;
