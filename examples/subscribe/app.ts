import { App } from 'aws-cdk-lib/core';
import { SubscriberStack } from './subscriber-stack.ts';

const app = new App();
new SubscriberStack(app, 'Subscriber');
app.synth();
