import type { Mutation } from './mutation.ts';

/** One fault for each guard of the promises "no data object that a job uses is lost" and "nothing unreachable stays". */
export const dataMutations: readonly Mutation[] = [
  {
    what: 'the deletion of a data object does not read the links after its mark',
    edits: [
      {
        within: 'deleteUnlessUsed',
        from: 'marked.deletion.accepted === true ? [] : await usersBlocking(deps, marked);',
        to: '[] as string[];',
      },
    ],
  },
  {
    what: 'a submission does not read its inputs after it has written their links',
    edits: [
      {
        within: 'attachmentOf',
        from: 'await requireInputs(deps, { tenant: job.tenant, service, ids });',
        to: 'return;',
      },
    ],
  },
  {
    what: 'a job may use a data object that is marked for deletion',
    edits: [
      {
        within: 'objectViolations',
        from: ' || data.deletion !== undefined)',
        to: ')',
      },
    ],
  },
  {
    what: 'a job that is being created does not block the deletion of its input',
    edits: [
      {
        within: 'usersOf',
        from: 'return job === undefined ? creating.has(link.jobId) : mayUse(job, link, deps.clock.now());',
        to: 'return job !== undefined && creating.size >= 0 && mayUse(job, link, deps.clock.now());',
      },
    ],
  },
  {
    what: 'an accepted deletion of a data object is given up for a new user',
    edits: [
      {
        within: 'deleteUnlessUsed',
        from: 'if (current.deletion?.accepted !== true) {',
        to: 'if (current.version > 0) {',
      },
      {
        within: 'deleteUnlessUsed',
        from: 'marked.deletion.accepted === true ? [] : await',
        to: 'await',
      },
      {
        within: 'decideAcceptance',
        from: "    if (data.deletion?.accepted === true) return { result: 'accepted' };\n",
        to: '',
      },
    ],
  },
  {
    what: 'the content of a data object is removed after the object',
    edits: [
      {
        within: 'removeAccepted',
        from: '    await removeContent(deps, data);\n',
        to: '',
      },
      {
        within: 'removeAccepted',
        from: "=== 'replaced') return 'deleted';",
        to: "=== 'replaced') return removeContent(deps, data).then(() => 'deleted' as const);",
      },
    ],
  },
  {
    what: 'a deletion leaves the parts of an upload in the store',
    edits: [
      {
        within: 'removeContent',
        from: "  if (data.upload?.kind === 'parts') await contents.abortParts(key, data.upload.uploadId);\n",
        to: '',
      },
    ],
  },
  {
    what: 'the reconciler does not continue the deletion of a data object',
    edits: [
      {
        within: 'reconcileOne',
        from: 'await deleteUnlessUsed(deps, { key, by: data.deletion.by, isContinued: true });',
        to: '',
      },
    ],
  },
  {
    what: 'the content of a completed upload cannot come late',
    edits: [
      {
        within: 'tombstoneOfData',
        from: 'removeAfter: now + lateContentMs,',
        to: "...(data.status === 'uploading' ? { removeAfter: now + lateContentMs } : {}),",
      },
    ],
  },
  {
    what: 'late content is removed while a URL can still store it',
    edits: [
      {
        within: 'lateContentMs',
        from: 'urlLifetimeSeconds * 1000 + 30 * 60_000',
        to: 'urlLifetimeSeconds * 100',
      },
    ],
  },
  {
    what: 'late content is not removed',
    edits: [
      {
        within: 'removeLateContent',
        from: 'await contents.remove(contentKey({ tenant: key.tenant, id: key.dataId }));',
        to: '',
      },
    ],
  },
  {
    what: 'an upload that is never completed is not ended',
    edits: [
      {
        within: 'reconcileOne',
        from: "data.status === 'uploading' ? endUpload(deps, data, now)",
        to: "data.status === 'uploading' ? postpone(deps, key)",
      },
    ],
  },
  {
    what: 'an upload is ended although it was just completed',
    edits: [
      {
        within: 'endUpload',
        from: "if (current?.status !== 'uploading' || current.deletion !== undefined)",
        to: 'if (current === undefined || current.deletion !== undefined)',
      },
    ],
  },
  {
    what: 'an upload can be completed after its end',
    edits: [
      {
        within: 'requireNotFailed',
        from: "if (status !== 'failed') return;",
        to: 'if (status !== undefined) return;',
      },
    ],
  },
  {
    what: 'an upload that is completed twice becomes available twice',
    edits: [
      {
        within: 'judge',
        from: "    return { result: { kind: 'available', data } };\n",
        to: '',
      },
    ],
  },
  {
    what: 'a repeated request with a key creates another data object',
    edits: [
      {
        within: 'createData',
        from: 'if (existing !== undefined) return { data: existing, replayed: true };',
        to: 'if (existing !== undefined) return { data: await insertData(deps, input), replayed: true };',
      },
    ],
  },
  {
    what: 'an expired data object is deleted although a job uses it',
    edits: [
      {
        within: 'reconcileOne',
        from: '(await deleteUnlessUsed(deps, { key, by, onExpiry: true }))',
        to: '(await deleteUnlessUsed({ ...deps, links: { list: async () => ({ links: [] }) } }, { key, by, onExpiry: true }))',
      },
    ],
  },
  {
    what: 'a job does not know that it has outputs',
    edits: [
      {
        within: 'registerOutput',
        from: 'if (job.hasOutputs === true) return { result: job };',
        to: 'if (job.attempt > 0) return { result: job };',
      },
    ],
  },
  {
    what: 'an output is kept for a job that is never created',
    edits: [
      {
        within: 'deleteOrKeep',
        from: "? 'kept' : 'open';",
        to: "? 'kept' : 'deleted';",
      },
    ],
  },
  {
    what: 'an output that was kept for a job is not deleted with it',
    edits: [
      {
        within: 'deleteOutputs',
        from: "if (kept === 'kept') await keepForUsers(deps, { tenant, dataId });",
        to: '',
      },
      {
        within: 'isWithoutSurvivor',
        from: 'return writer === undefined || writer.cascade?.accepted === true;',
        to: 'return writer !== undefined && writer.cascade?.accepted === true && scope.withInputs === true;',
      },
    ],
  },
  {
    what: 'a cascade over inputs deletes the output of a job that stays',
    edits: [
      {
        within: 'isWithoutSurvivor',
        from: 'return writer === undefined || writer.cascade?.accepted === true;',
        to: 'return writer !== undefined || scope.withInputs === true;',
      },
    ],
  },
  {
    what: 'the links of a deleted job to its inputs stay',
    edits: [
      {
        within: 'deleteAccepted',
        from: "  if (deletion === 'deleted') await removeAllUseLinks(deps, job, inputIds);\n",
        to: '',
      },
    ],
  },
];
