/** Ten organisations with planted faults: the report names each fault and nothing else. */
import { afterAll, expect, it } from 'vitest';
import { verifyAudit } from '../../src/db/audit.ts';
import { rules } from '../../src/isms/predicted-finding/rules.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { faults } from '../support/planted-faults.ts';
import { scoreOrganisation, seeds, shareOf, type Score } from './findings-eval.ts';

describeOnDatabases('The report of an organisation with planted faults', (test) => {
  const scores: Score[] = [];
  afterAll(() => {
    const { precision, recall } = shareOf(scores);
    console.log(`seeds ${seeds.join(', ')}: precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`);
  });

  it.each(seeds)('names each of them and no other (seed %i)', async (seed) => {
    const score = await scoreOrganisation(test.db, seed);
    scores.push(score);

    expect(score).toMatchObject({ missed: [], invented: [] });
    expect(score.found).toEqual(score.planted);
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });

  it('has had every rule among its faults, with precision and recall of 1', () => {
    const planted = new Set(scores.flatMap((score) => score.planted));

    expect(rules.map(({ key }) => key).filter((key) => ![...planted].some((finding) => finding.split(':')[0] === key))).toEqual([]); // prettier-ignore
    expect(faults.map(({ finding }) => finding).filter((finding) => !planted.has(finding))).toEqual([]);
    expect(shareOf(scores)).toEqual({ precision: 1, recall: 1 });
    expect(scores[0]).toMatchObject({ planted: [], found: [] });
  });
});
