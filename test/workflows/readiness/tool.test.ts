/** What a model says of readiness: figures that were counted are shown, others are left out. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { insert } from '../../isms/given-register.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, startHarness, type Harness } from '../../support/harness.ts';
import { startModelServer, type ModelServer } from '../../support/model-server.ts';

const now = new Date('2027-03-01T09:00:00Z');
const ines = 'ines@test.example';

describeOnDatabases('A model that is told how ready we are', (test) => {
  let model: ModelServer;
  let isma: Harness;
  beforeAll(async () => {
    model = await startModelServer();
  });
  afterAll(() => model.close());
  beforeEach(async () => {
    await givenPeople(test.db);
    const { rows } = await test.db.query('select id from person where email = $1', [ines]);
    for (const number of [1, 2])
      await insert(test.db, 'nonconformity', {
        reference: `NC-2027-00${number}`, title: 'Leavers keep access', requirement: 'A.5.18', evidence_seen: 'x', gap: 'x', source: 'self', identified_on: '2027-02-10', raised_by: rows[0]?.id,
        raised_by_name: 'x', raised_at: now, owner_id: rows[0]?.id, grade: 'major', grade_reason: 'x', state: 'open', state_at: now,
      }); // prettier-ignore
    isma = await startHarness({ db: test.db, clock: () => now, modelServer: model });
  });
  afterEach(() => isma.stop());

  const shown = async (text: string) => {
    const begun = model.chatRequests.length;
    model.script((_request, n) => [{ calls: [{ name: 'tell_readiness', arguments: '{}' }] }, { text }][n - begun] ?? { text: 'NOT_COVERED' }); // prettier-ignore
    return (await isma.say(ines, 'tell me frankly whether our audit can come')).at(-1)?.reply;
  };

  it('shows what was counted', async () => {
    const reply = await shown('Two majors are open since 10 February 2027 [RD-6].');

    expect(reply).toMatchObject({ generated: true });
    expect(reply?.text).toContain('Two majors are open since 10 February 2027');
  });

  it('leaves out a figure that was not, and shows the count itself', async () => {
    const reply = await shown('Five majors are open since 10 February 2027 [RD-6].');

    expect(reply?.text).not.toContain('Five');
    expect(reply?.text).toContain('Not yet for Stage 2: 2 majors open');
  });
});
