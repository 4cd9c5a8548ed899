import { afterAll, beforeAll, describe } from 'vitest';
import { dynamoJobLinks } from '../../../aws/dynamodb/dynamo-job-links.ts';
import { describeJobLinks } from '../../contract/suites/job-links-suite.ts';
import { startTestEngine, type TestEngine } from '../../support/local-service/errand-table.ts';

describe('dynamoJobLinks', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine();
  });
  afterAll(() => engine.stop());

  describeJobLinks(async () => dynamoJobLinks(await engine.makeTable()));
});
