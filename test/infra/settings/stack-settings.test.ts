import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { ErrandStack } from '../../../infra/errand-stack.ts';
import { stackSettings } from '../../../infra/settings/stack-settings.ts';
import { resourcesOf, synthesizedApp, temporaryCode } from '../support/synthesized-app.ts';

const settings = (context: Record<string, unknown>) => stackSettings(new App({ context }).node);

describe('numeric settings', () => {
  test('are left to the stack when they are not given', () => {
    expect(settings({})).toEqual({});
  });

  test('are read from the command line and from cdk.json alike', () => {
    expect(settings({ maxHeldCalls: '20', heldCallsPercent: '5', dataRetentionDays: 90 })).toEqual({
      maxHeldCalls: 20,
      heldCallsPercent: 5,
      dataRetentionDays: 90,
    });
    const reservedConcurrency = { dispatch: 50, 'submit-batch': 0 };
    expect(settings({ reservedConcurrency })).toEqual({ reservedConcurrency });
    expect(settings({ reservedConcurrency: 'dispatch=50, submit-batch=0' })).toEqual({ reservedConcurrency });
  });

  test('contain the origins of web pages, as text or as a list', () => {
    const corsOrigins = ['https://a.example', 'http://b.example:8080'];
    expect(settings({ corsOrigins: 'https://a.example, http://b.example:8080' })).toEqual({ corsOrigins });
    expect(settings({ corsOrigins })).toEqual({ corsOrigins });
    expect(settings({ corsOrigins: '' })).toEqual({ corsOrigins: [] });
    expect(() => settings({ corsOrigins: 'https://a.example/' })).toThrow('https://a.example/ is not valid');
  });

  test.each([
    [{ maxHeldCalls: '1000' }, '-c maxHeldCalls=1000 is not valid: it must be a whole number from 0 to 999'],
    [
      { retentionDays: '40000' },
      '-c retentionDays=40000 is not valid: it must be a whole number from 0 to 36500',
    ],
    [{ eventLogDays: '3651' }, '-c eventLogDays=3651 is not valid: it must be a whole number from 0 to 3650'],
    [
      { heldCallsPercent: '101' },
      '-c heldCallsPercent=101 is not valid: it must be a whole number from 0 to 100',
    ],
    [
      { heldCallsPercent: 'half' },
      '-c heldCallsPercent=half is not valid: it must be a whole number from 0 to 100',
    ],
    [
      { dataRetentionDays: '-1' },
      '-c dataRetentionDays=-1 is not valid: it must be a whole number from 0 to 36500',
    ],
    [{ reservedConcurrency: 'dispach=5' }, 'dispach=5 must have the form <function>=<number>'],
    [{ reservedConcurrency: 'echo=5' }, 'echo=5 must have the form <function>=<number>'],
    [{ reservedConcurrency: 'dispatch' }, 'dispatch must have the form <function>=<number>'],
    [{ reservedConcurrency: { settle: -1 } }, 'settle=-1 must have the form <function>=<number>'],
  ])('that are not allowed are refused by name: %o', (context, message) => {
    expect(() => settings(context)).toThrow(message);
  });
});

test('a deployment reserves concurrency for the functions that its settings name, and for no others', async () => {
  const { code, outputDirectory, remove } = await temporaryCode();
  try {
    const app = new App({ outdir: outputDirectory });
    const reservedConcurrency = { dispatch: 50, 'submit-batch': 4 };
    const stack = new ErrandStack(app, 'Errand', { code, reservedConcurrency, heldCallsPercent: 5 });
    const template = Template.fromStack(stack);
    const reserved = resourcesOf(template, 'AWS::Lambda::Function').flatMap(([, { Properties }]) =>
      'ReservedConcurrentExecutions' in Properties
        ? [[Properties['FunctionName'], Properties['ReservedConcurrentExecutions']]]
        : [],
    );
    expect(Object.fromEntries(reserved)).toEqual({ 'errand-dispatch': 50, 'errand-submit-batch': 4 });
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'errand-live',
      Environment: { Variables: { HELD_CALLS_PERCENT: '5', MAX_HELD_CALLS: '50' } },
    });
  } finally {
    await remove();
  }
});

test('a deployment passes the retention of data to the functions that create data objects, and to no others', async () => {
  const { code, outputDirectory, remove } = await temporaryCode();
  try {
    const app = new App({ outdir: outputDirectory });
    const template = Template.fromStack(new ErrandStack(app, 'Errand', { code, dataRetentionDays: 90 }));
    expect(retentionsIn(template)).toEqual({ 'errand-api': '90', 'errand-worker': '90' });
  } finally {
    await remove();
  }
});

/** The retention of data by the names of the functions that have it. */
function retentionsIn(template: Template) {
  const found = resourcesOf(template, 'AWS::Lambda::Function').flatMap(([, { Properties }]) => {
    const { Variables = {} } = (Properties['Environment'] ?? {}) as { Variables?: Record<string, unknown> };
    const days = Variables['DATA_RETENTION_DAYS'];
    return days === undefined ? [] : [[Properties['FunctionName'], days]];
  });
  return Object.fromEntries(found);
}

describe('the default deployment', () => {
  let functions: ReturnType<typeof resourcesOf>;
  beforeAll(async () => {
    functions = resourcesOf((await synthesizedApp()).errand, 'AWS::Lambda::Function');
  });

  test('keeps data objects', async () => {
    const { errand } = await synthesizedApp();
    expect(retentionsIn(errand)).toEqual({ 'errand-api': '0', 'errand-worker': '0' });
  });

  test('reserves no concurrency, so that it works in an account that runs 10 functions at a time', () => {
    expect(functions.length).toBeGreaterThan(10);
    for (const [id, { Properties }] of functions)
      expect(Properties, id).not.toHaveProperty('ReservedConcurrentExecutions');
  });
});
