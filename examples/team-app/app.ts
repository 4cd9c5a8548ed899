import { App } from 'aws-cdk-lib';
import { TeamStack } from './team-stack.ts';

const app = new App();
new TeamStack(app, 'TeamApp');
app.synth();
