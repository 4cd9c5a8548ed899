import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { ImageCode } from './bundling/container-images.ts';
import type { FunctionCode } from './bundling/function-entries.ts';
import { ExampleJobs } from './example-jobs.ts';
import { LambdaFunction } from './functions/lambda-function.ts';
import { namesOf, serviceFunctionName } from './settings/names.ts';

export interface ExamplesStackProps extends StackProps {
  /** The directory of each function's bundled code. */
  readonly code: FunctionCode;
  /** The directory that each container's image is built from. */
  readonly images: ImageCode;
  /** The prefix of the Errand stack that invokes them; default `errand`. */
  readonly prefix?: string;
}

/** Example services. Their only permission is to write logs: everything they need is in the invocation. */
export class ExamplesStack extends Stack {
  constructor(scope: Construct, id: string, props: ExamplesStackProps) {
    super(scope, id, { description: 'Example services for Errand', ...props });
    const names = namesOf(props.prefix ?? 'errand');
    new LambdaFunction(this, 'Echo', {
      functionName: serviceFunctionName(names, 'echo'),
      description: 'Returns its parameters',
      codeDirectory: props.code.echo,
      environment: {},
      timeoutSeconds: 240,
      memoryMegabytes: 256,
    });
    new LambdaFunction(this, 'CsvProfile', {
      functionName: serviceFunctionName(names, 'csv-profile'),
      description: 'Profiles the columns of a CSV file',
      codeDirectory: props.code['csv-profile'],
      environment: {},
      timeoutSeconds: 120,
      memoryMegabytes: 1024,
    });
    new LambdaFunction(this, 'CsvProfile2', {
      functionName: serviceFunctionName(names, 'csv-profile-2'),
      description: 'Profiles a CSV file of any size, and draws its histograms',
      codeDirectory: props.code['csv-profile-2'],
      environment: {},
      timeoutSeconds: 240,
      memoryMegabytes: 1024,
    });
    new LambdaFunction(this, 'CpuLoad', {
      functionName: serviceFunctionName(names, 'cpu-load'),
      description: 'Uses a share of a processor for some time',
      codeDirectory: props.code['cpu-load'],
      environment: {},
      timeoutSeconds: 900,
      // One full vCPU: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
      memoryMegabytes: 1769,
    });
    new LambdaFunction(this, 'Flaky', {
      functionName: serviceFunctionName(names, 'flaky'),
      description: 'Fails a configurable number of times',
      codeDirectory: props.code.flaky,
      environment: {},
      timeoutSeconds: 60,
      memoryMegabytes: 256,
    });
    new LambdaFunction(this, 'FanOut', {
      functionName: serviceFunctionName(names, 'fan-out'),
      description: 'Submits sub-jobs',
      codeDirectory: props.code['fan-out'],
      environment: {},
      timeoutSeconds: 120,
      memoryMegabytes: 256,
    });
    new ExampleJobs(this, 'Containers', { names, images: props.images });
  }
}
