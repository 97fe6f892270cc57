/** Reviews that were held before Isma was there: brought from a list, tried first, and then as locked as any other. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { verifyRevisions } from '../../../src/records/revision.ts';
import { bringReviews } from '../../../src/workflows/management-reviews/import.ts';
import { managementReviewsRoom } from '../../../src/workflows/management-reviews/room.ts';
import { reviewsTable } from '../../../src/workflows/management-reviews/table.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, today } from '../../support/harness.ts';

describeOnDatabases('Management reviews of the past', (test) => {
  let folder: string;
  beforeEach(async () => {
    await givenPeople(test.db);
    folder = await mkdtemp(join(tmpdir(), 'isma-reviews-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const rows = async (sql: string) => (await test.db.query(sql)).rows;
  async function bring(apply: boolean, ...lines: string[]) {
    const path = join(folder, 'reviews.csv');
    await writeFile(path, `${lines.join('\n')}\n`);
    return bringReviews(test.db, () => today, path, { beside: null, apply });
  }

  it('come from a list: tried first, then written and locked, and the same list again changes nothing', async () => {
    const list = [
      'Datum,Chair,Attendees,Decisions,Inputs discussed,Suitability,Adequacy,Effectiveness,Conclusions',
      '12.11.2025,Hugo Owner,Hugo Owner; Ines Isms; Pat Plover,"Budget for audits; One list of assets",all,ja,yes,no,Audits are late',
      '2024-11-14,hugo@test.example,Hugo Owner,,"a, d3",,,,',
    ];

    const tried = await bring(false, ...list);
    const before = await rows('select reference from management_review');
    const written = await bring(true, ...list);
    const again = await bring(true, ...list);

    const days = 'Datum is read as days, day-first: «12.11.2025» is 12 November 2025\n';
    expect(tried).toEqual({ text: days + 'Would add 2, unchanged 0.\nNothing was written yet. Say --apply to write it.\n', isWhole: true }); // prettier-ignore
    expect(before).toEqual([]);
    expect(written.text).toBe(days + 'Added 2, unchanged 0.\n');
    expect(again.text).toBe(days + 'Would add 0, unchanged 2.\nThere is nothing to write.\n');
    const { columns, rows: table } = await reviewsTable(test.db);
    const cell = (row: number, name: string) => table[row]?.[columns.indexOf(name)];
    expect(['state', 'held_on', 'chair', 'attendees', 'inputs', 'decisions', 'suitable', 'effective', 'signed_by'].map((name) => cell(0, name))).toEqual([
      'signed', '2025-11-12', 'Hugo Owner', 'Hugo Owner; Ines Isms; Pat Plover', 'a, b, c, d1, d2, d3, d4, e, f, g', 'Budget for audits\nOne list of assets', 'yes', 'no',
      'Hugo Owner (on the minutes that were brought)',
    ]); // prettier-ignore
    expect([cell(1, 'inputs'), cell(1, 'suitable')]).toEqual(['a, d3', '']);
    for (const row of [0, 1])
      expect(createHash('sha256').update(Buffer.from(String(cell(row, 'minutes')), 'base64')).digest('hex')).toBe(cell(row, 'minutes_hash')); // prettier-ignore
    await expect(test.db.query("update review_decision set text = 'x'")).rejects.toThrow(
      'Signed minutes stay',
    );
    expect(await rows("select distinct actor from audit_entry where record like 'management_review:%'")).toEqual([{ actor: 'system:management-reviews-import' }]); // prettier-ignore
    expect(await verifyRevisions(test.db)).toEqual([]);
  });

  it('are refused line by line, and then none of them is written', async () => {
    const { text, isWhole } = await bring(
      true,
      'date,chair,inputs,suitable',
      '2025-11-12,Nobody Known,all,yes',
      '2027-01-12,Hugo Owner,all,yes',
      '2025-11-13,Hugo Owner,"a, z",yes',
      '2025-11-14,Hugo Owner,all,perhaps',
      '2025-11-15,Hugo Owner,all,yes',
    );

    expect(isWhole).toBe(false);
    expect(text.split('\n').slice(0, 4)).toEqual([
      expect.stringContaining('line 2, chair: «Nobody Known» is nobody that I know'),
      '  reviews.csv, line 3, 12 January 2027 is still to come: plan it in chat instead',
      '  reviews.csv, line 4, inputs: «z» is no input; write all, or some of a, b, c, d1, d2, d3, d4, e, f, g',
      '  reviews.csv, line 5, suitable: «perhaps» is neither yes nor no',
    ]);
    expect(await rows('select reference from management_review')).toEqual([]);
  });

  it('have a report that the operator exports, and say so where there is none', async () => {
    const report = managementReviewsRoom.documents?.['management-review'];
    const asked = { record: null, language: 'en', now: today };
    await expect(report?.(test.db, asked)).rejects.toThrow('There is no management review yet.');
    await bring(true, 'date,chair', '2025-11-12,Hugo Owner');

    const textIn = async (language: string) => strFromU8(unzipSync(new Uint8Array((await report?.(test.db, { ...asked, language })) ?? []))['word/document.xml'] ?? new Uint8Array()).replace(/<[^>]+>/g, '|'); // prettier-ignore

    expect(await textIn('en')).toMatch(
      /minutes.*held on 12 November 2025.*Who was there.*What was decided.*Signature/s,
    );
    const german = await textIn('de');
    expect(german).toMatch(/Protokoll.*gehalten am 12\. November 2025.*Wer dabei war.*Was entschieden wurde.*Frühere Entscheidungen und ihre Maßnahmen.*Unterschrift/s); // prettier-ignore
    expect(german).not.toMatch(/Who was there|Nothing was decided|not noted|not said yet|Not discussed/);
  });
});
