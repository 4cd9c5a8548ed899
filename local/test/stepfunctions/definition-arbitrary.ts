import fc from 'fast-check';

type Fields = Readonly<Record<string, unknown>>;

const stateNames = ['A', 'B', 'C', 'D', 'E'] as const;
/** No number is a positive integer, because the library would wait so many seconds. */
const leaf = fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, '', 'x', 'y');

interface Json {
  readonly value: unknown;
  readonly object: Fields;
  readonly list: readonly unknown[];
}

const json = fc.letrec<Json>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('object'), tie('list')),
  object: sometimes({ a: tie('value'), b: tie('value'), list: tie('list') }),
  list: fc.array(tie('value'), { minLength: 1, maxLength: 2 }),
}));

/** JSON values. */
export const jsonValue: fc.Arbitrary<unknown> = json.value;

/** Inputs of an execution, to which most paths can be applied. */
export const jsonObject: fc.Arbitrary<Fields> = fc.record(
  { a: json.object, b: json.value, list: json.list },
  { noNullPrototype: true },
);

/**
 * Names of the errors of tasks. Not generated are States.Timeout, States.DataLimitExceeded and States.Runtime:
 * the library excludes them from wildcards only if it reports them itself.
 */
export const errorName = fc.constantFrom('Boom', 'Lambda.Unknown', 'States.TaskFailed');

/**
 * Members are few, so that paths often refer to a value. Only a member that is always an array is followed by
 * an index, because the library also reads the characters of strings by their index.
 */
const pathStep = fc.constantFrom('.a', '.b', "['a']", "['b']", '.list', '.list[0]', "['list'][1]");
const inputPath = fc.oneof(
  { weight: 2, arbitrary: fc.constant('$') },
  { weight: 3, arbitrary: pathStep.map((step) => `$${step}`) },
  { weight: 1, arbitrary: fc.tuple(pathStep, pathStep).map((steps) => `$${steps.join('')}`) },
);
/** Without `$$.State` and the start time, which the library does not fill. */
const contextPath = fc.constantFrom('$$.Execution.Id', '$$.Execution.Name', '$$.StateMachine.Name');
const path = fc.oneof({ weight: 5, arbitrary: inputPath }, { weight: 1, arbitrary: contextPath });
const filterPath = fc.option(path, { freq: 5 });
/**
 * Nothing else writes a member `r`, so no path passes through a value that is not an object: the library
 * would replace that value, and Step Functions fails the state.
 */
const resultPath = fc.option(fc.constantFrom('$', '$.a', '$.b', '$.r.s'), { freq: 5 });
const template = fc.oneof(
  leaf,
  sometimes({ a: jsonValue, 'b.$': path, c: fc.tuple(sometimes({ 'a.$': path })) }),
);
const errorNames = fc.oneof(
  fc.uniqueArray(errorName, { minLength: 1, maxLength: 2 }),
  fc.constantFrom(['States.ALL'], ['States.TaskFailed'], ['States.ResultPathMatchFailure']),
);

/** Objects with any of the members. */
function sometimes(members: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Fields> {
  return fc.record(members, { noNullPrototype: true, requiredKeys: [] });
}

/** Objects with the members of all parts. */
function merged(...parts: ReadonlyArray<fc.Arbitrary<Fields>>): fc.Arbitrary<Fields> {
  return fc.tuple(...parts).map((fields): Fields => Object.assign({}, ...fields));
}

/** Lists of rules of which only the last one may name States.ALL. */
function rulesOf(rule: fc.Arbitrary<Fields>): fc.Arbitrary<readonly Fields[]> {
  const isForAll = (one: Fields) => String(one['ErrorEquals']) === 'States.ALL';
  return fc
    .array(rule, { minLength: 1, maxLength: 3 })
    .map((rules) => [...rules.filter((one) => !isForAll(one)), ...rules.filter(isForAll).slice(0, 1)]);
}

const filters: fc.Arbitrary<Fields> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: sometimes({ InputPath: filterPath, OutputPath: filterPath }) },
);
const comparison = fc.oneof(
  fc.record({ StringEquals: fc.constantFrom('', 'x', 'y') }),
  fc.record({ BooleanEquals: fc.boolean() }),
  fc
    .tuple(
      fc.constantFrom('Equals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'),
      fc.constantFrom(-1, 0, 1),
    )
    .map(([operator, number]): Fields => ({ [`Numeric${operator}`]: number })),
);
const end = fc.oneof(
  merged(fc.constant({ Type: 'Succeed' }), filters),
  merged(fc.constant({ Type: 'Fail' }), fc.constantFrom<Fields>({}, { Error: 'Bang', Cause: 'on purpose' })),
);

/** Not both, if the result is false, zero, null or empty: the library would use the parameters. */
const passFields = fc.oneof(
  sometimes({ Parameters: template }),
  sometimes({ Result: jsonValue }),
  fc.record({ Parameters: template, Result: fc.constantFrom('x', { a: 1.5 }) }),
);

function task(next: fc.Arbitrary<string>): fc.Arbitrary<Fields> {
  const retrier = merged(
    fc.record({ ErrorEquals: errorNames }),
    sometimes({ MaxAttempts: fc.constantFrom(0, 1, 2, 4) }),
  );
  const catcher = merged(
    fc.record({ ErrorEquals: errorNames, Next: next }),
    sometimes({ ResultPath: resultPath }),
  );
  return merged(
    fc.constant({ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke' }),
    template.map((Payload) => ({ Parameters: { FunctionName: 'f', Payload } })),
    sometimes({
      ResultSelector: sometimes({ 'a.$': path, b: leaf }),
      ResultPath: resultPath,
      Retry: rulesOf(retrier),
      Catch: rulesOf(catcher),
    }),
  );
}

/** States that only go forward, so that every execution ends. */
function stateAt(index: number): fc.Arbitrary<Fields> {
  const later = stateNames.slice(index + 1);
  if (later.length === 0) return end;
  const next = fc.constantFrom(...later);
  const onward: fc.Arbitrary<Fields> = fc.oneof(
    { weight: 6, arbitrary: fc.record({ Next: next }) },
    { weight: 1, arbitrary: fc.constant({ End: true }) },
  );
  const rule = merged(fc.record({ Variable: path }), comparison, fc.record({ Next: next }));
  const wait: fc.Arbitrary<Fields> = fc.oneof(
    { weight: 3, arbitrary: fc.constant({ Seconds: 0 }) },
    { weight: 1, arbitrary: fc.record({ SecondsPath: path }) },
  );
  const pass = merged(fc.constant({ Type: 'Pass' }), passFields, sometimes({ ResultPath: resultPath }));
  const choice = merged(
    fc.record({ Type: fc.constant('Choice'), Choices: fc.array(rule, { minLength: 1, maxLength: 3 }) }),
    sometimes({ Default: next }),
  );
  return fc.oneof(
    { weight: 5, arbitrary: merged(task(next), filters, onward) },
    { weight: 2, arbitrary: merged(pass, filters, onward) },
    { weight: 2, arbitrary: merged(fc.constant({ Type: 'Wait' }), wait, filters, onward) },
    { weight: 2, arbitrary: merged(choice, filters) },
    { weight: 1, arbitrary: end },
  );
}

/** Definitions of the states that the runtime supports, as far as the library executes them as AWS does. */
export const machineDefinition: fc.Arbitrary<Fields> = fc
  .tuple(...stateNames.map((_, index) => stateAt(index)))
  .map((states) => ({
    StartAt: 'A',
    States: Object.fromEntries(states.map((state, index) => [stateNames[index], state])),
  }));
