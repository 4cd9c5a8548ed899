import { expect, test } from 'vitest';
import { localApiAddress } from '../../assembly/api-address.ts';

const ADDRESS = {
  apiId: 'abc',
  region: 'eu-central-1',
  stageNames: ['v1'],
  apiBaseUrl: 'http://127.0.0.1:4510/',
};
const HOST = 'https://abc.execute-api.eu-central-1.amazonaws.com';

test.each([
  [`${HOST}/v1/`, 'http://127.0.0.1:4510/'],
  [`${HOST}/v1`, 'http://127.0.0.1:4510'],
  [`see ${HOST}/v1/jobs and ${HOST}/v1.`, 'see http://127.0.0.1:4510/jobs and http://127.0.0.1:4510.'],
  [`${HOST}/v10/jobs`, `${HOST}/v10/jobs`],
  [HOST.replace('abc', 'abd'), HOST.replace('abc', 'abd')],
])('the address %s becomes %s', (text, expected) => {
  expect(localApiAddress({ deep: [text] }, ADDRESS)).toEqual({ deep: [expected] });
});
