import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Function as CdkFunction,
  Code,
  type FunctionOptions,
  type IFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { ServiceDefinition } from '../core/contract/schemas/service-schemas.ts';
import { languageOfEntry, runtimes } from '../manifest/lambda-source.ts';
import { definitionOf, functionNameOf } from '../manifest/resource-names.ts';
import type { LambdaSource, ServiceManifest } from '../manifest/service-manifest.ts';
import { checkFunctionName } from './check-function-name.ts';
import { withFunctionCode } from './function-code.ts';
import { readService } from './read-service.ts';
import { SynthesisError } from './synthesis-error.ts';

/** Properties that the manifest does not set. The manifest sets the name, and Errand reads the logs of the function. */
type ServiceFunctionProps = Omit<
  FunctionOptions,
  | 'functionName'
  | 'logGroup'
  | 'loggingFormat'
  | 'logRetention'
  | 'logRetentionRole'
  | 'logRetentionRetryOptions'
  | 'logRemovalPolicy'
  | 'systemLogLevel'
  | 'systemLogLevelV2'
>;

export interface LambdaServiceProps {
  /** Path of the `service.json`, absolute or relative to the working directory, which is the folder of `cdk.json`. */
  readonly manifest: string;
  /** An existing function that runs the jobs; it needs the name that the manifest requires. Nothing is built then. */
  readonly function?: IFunction;
  /** The prefix of the Errand stack that invokes the function; default `errand`. */
  readonly prefix?: string;
  /** Further properties of the function, such as a VPC; they replace what the manifest sets. */
  readonly functionProps?: ServiceFunctionProps;
}

interface FunctionInput {
  readonly file: string;
  readonly folder: string;
  readonly manifest: ServiceManifest;
  readonly source: LambdaSource;
  readonly options: ServiceFunctionProps;
}

/**
 * The function of a service on AWS Lambda, built from its `service.json` under the name that Errand invokes. Its role may
 * only write to its own log group. Throws `SynthesisError` for an invalid manifest, for code that cannot be built, and
 * for a given function with another name.
 */
export class LambdaService extends Construct {
  readonly function: IFunction;
  readonly functionName: string;
  readonly serviceName: string;
  readonly serviceVersion: string;
  /** What `errand services push` registers. */
  readonly definition: ServiceDefinition;

  constructor(scope: Construct, id: string, props: LambdaServiceProps) {
    super(scope, id);
    const prefix = props.prefix ?? 'errand';
    const service = readService('lambda', { manifest: props.manifest, prefix });
    this.serviceName = service.manifest.name;
    this.serviceVersion = service.manifest.version;
    this.functionName = functionNameOf(service.manifest, prefix);
    this.definition = definitionOf(service.manifest, prefix);
    if (props.function === undefined) this.#requireUniqueName(props.manifest);
    else checkFunctionName(props.manifest, this.functionName, props.function);
    this.function = props.function ?? this.#addFunction({ ...service, options: props.functionProps ?? {} });
  }

  /** Without a `functionName`, the versions of a service share a function, which only one construct can create. */
  #requireUniqueName(manifest: string): void {
    const other = Stack.of(this)
      .node.findAll()
      .find((one) => one instanceof LambdaService && one !== this && one.functionName === this.functionName);
    if (other !== undefined)
      throw new SynthesisError(
        `${manifest}: ${other.node.path} creates the function "${this.functionName}" too: pass its function as the property function so that both versions share it, or set source.functionName so that each has its own.`,
      );
  }

  #addFunction({ file, folder, manifest, source, options }: FunctionInput): IFunction {
    const architecture = options.architecture ?? Architecture.ARM_64;
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${this.functionName}`,
      retention: RetentionDays.ONE_MONTH,
      // A retained log group with a fixed name would prevent the stack from being created again.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const made = withFunctionCode(
      this,
      { file, folder, manifest, source, architecture },
      ({ directory, handler, runtime }) =>
        new CdkFunction(this, 'Function', {
          description: manifest.title ?? `The service ${manifest.name} of Errand`,
          memorySize: source.memoryMiB,
          timeout: Duration.seconds(source.timeoutSeconds),
          ...(source.reservedConcurrency === undefined
            ? {}
            : { reservedConcurrentExecutions: source.reservedConcurrency }),
          ...options,
          role:
            options.role ??
            new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
          environment: { ...sourceMaps(runtime), ...source.environment, ...options.environment },
          architecture,
          functionName: this.functionName,
          code: Code.fromAsset(directory),
          handler,
          runtime: Runtime.ALL.find(({ name }) => name === runtime) ?? new Runtime(runtime),
          logGroup,
          // Text logs contain START and END lines, between which Errand finds the lines of an attempt.
          // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
          loggingFormat: LoggingFormat.TEXT,
        }),
    );
    logGroup.grantWrite(made);
    acknowledgeFindings(made, source);
    return made;
  }
}

/** Stack traces name the user's files and lines, as bundles have source maps. https://nodejs.org/api/cli.html#--enable-source-maps */
function sourceMaps(runtime: string): Record<string, string> {
  return runtime.startsWith('nodejs') ? { NODE_OPTIONS: '--enable-source-maps' } : {};
}

/** What cdk-nag expects of a function that is invoked asynchronously or traced, and of its runtime. */
function acknowledgeFindings(made: CdkFunction, { entry, runtime }: LambdaSource): void {
  const [newest] = runtimes[languageOfEntry(entry)];
  // An older runtime is the user's choice, which cdk-nag should report.
  const newestReason = 'It is the newest runtime that Errand supports.';
  Validations.of(made).acknowledge(
    {
      id: 'Serverless-LambdaDLQ',
      reason: 'Errand waits for the response of each invocation and retries the attempts of a job itself.',
    },
    {
      id: 'Serverless-LambdaTracing',
      reason: 'Each job has a history with the times of its attempts; tracing is an option of functionProps.',
    },
    ...(runtime === newest
      ? ['AwsSolutions-L1', 'Serverless-LambdaLatestVersion'].map((id) => ({ id, reason: newestReason }))
      : []),
  );
}
