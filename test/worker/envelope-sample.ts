/** The members of an envelope besides its parameters, as a job's first attempt gets them. */
export const envelopeSample = {
  job: {
    id: '0199c7a4-5b1e-7c3a-9d52-3f1f0a6f2b10',
    name: 'nightly',
    attempt: 1,
    service: { name: 'echo', version: '1.0.0' },
    tags: ['night', 'weather'],
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  },
  worker: { url: 'https://api.example.com/v1/worker/jobs/0199c7a4', token: 'ew_bG9jYWw.c2VjcmV0' },
} as const;
