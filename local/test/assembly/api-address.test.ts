import { expect, test } from 'vitest';
import { localApiAddress } from '../../assembly/api-address.ts';

const testAddress = {
  apiId: 'abc',
  region: 'eu-central-1',
  stageNames: ['v1'],
  apiBaseUrl: 'http://127.0.0.1:4510/',
};
const host = 'https://abc.execute-api.eu-central-1.amazonaws.com';

test.each([
  [`${host}/v1/`, 'http://127.0.0.1:4510/'],
  [`${host}/v1`, 'http://127.0.0.1:4510'],
  [`see ${host}/v1/jobs and ${host}/v1.`, 'see http://127.0.0.1:4510/jobs and http://127.0.0.1:4510.'],
  [`${host}/v10/jobs`, `${host}/v10/jobs`],
  [host.replace('abc', 'abd'), host.replace('abc', 'abd')],
])('the address %s becomes %s', (text, expected) => {
  expect(localApiAddress({ deep: [text] }, testAddress)).toEqual({ deep: [expected] });
});
