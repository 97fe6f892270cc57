/** `isma import phishing <file>`: what came of mails that another system sent to see who falls for them; and what is shown of it. */
import { basename, extname } from 'node:path';
import { z } from 'zod';
import {
  actionId,
  type Actions,
  type Addressed,
  type Context,
  type Outcome as Said,
} from '../../conversation/contract.ts';
import { appendAudit } from '../../db/audit.ts';
import type { Database, Queryable } from '../../db/database.ts';
import { toAsker } from '../../dialogue/command.ts';
import { maybe, must, readText, shortly } from '../../dialogue/import-cells.ts';
import { readRecordFile } from '../../dialogue/import-file.ts';
import { bringAll, fileHash } from '../../dialogue/import-report.ts';
import { proposeChanges } from '../../dialogue/proposal.ts';
import type { Import } from '../../dialogue/room.ts';
import { Refusal } from '../../errors.ts';
import type { Table } from '../../files/write-table.ts';
import {
  keepPhishingTest,
  outcomes,
  selectFallen,
  selectPhishingTests,
  type Outcome,
  type PhishingResult,
} from '../../isms/training/phishing.ts';
import { addDays, dayInWords, dayOf } from '../../language/calendar.ts';
import { words } from '../../language/vocabulary.ts';
import { isIsmsManager, isReadOnly } from '../../records/command-context.ts';
import { selectKnownByEmail } from '../../records/person.ts';
import { emailHeadings, knownPerson, readDate } from './import-training.ts';
import { asPeople, room } from './phrases.ts';

const outcomeWords = words('awareness/phishing outcome');
const asks = words('awareness/phishing tests');
const no = words('cells/yes or no');
const cell = maybe(readText(200));

/** A column of its own for each thing that somebody did: yes, a number, or when it was. */
const isSaid = (text: string | null) =>
  text !== null && no.is(text) !== 'no' && !/^(?:0|-|n\/?a|never)$/i.test(text);

const row = z
  .object({
    email: must(readText(200)).describe(emailHeadings),
    campaign: cell.describe('campaign_name, test, test_name, simulation, simulation_name, phishing_test, name_of_campaign, kampagne'),
    sentOn: must(readDate).describe('sent, send_date, sent_at, date_sent, delivered_at, delivered, scheduled_at, launch_date, simulation_date, date, gesendet_am'),
    outcome: cell.describe('status, result, action, event, user_action, last_action, ergebnis'),
    clicked: cell.describe('clicked_at, clicked_link, link_clicked, click, clicks, clicked_date, failed, geklickt'),
    enteredData: cell.describe('data_entered, data_entered_at, submitted_data, data_submitted, credentials_submitted, credential_entered, compromised, supplied_credentials, daten_eingegeben'),
    reported: cell.describe('reported_at, report, reported_email, reported_message, user_reported, gemeldet'),
  })
  .transform((cells, context) => {
    const named = cells.outcome === null ? null : outcomeWords.is(cells.outcome);
    const flags = { entered_data: cells.enteredData, clicked: cells.clicked, reported: cells.reported, ignored: null };
    const did = outcomes.find((each) => named === each || isSaid(flags[each]));
    if (did === undefined && named === null && cells.outcome !== null)
      context.addIssue({ code: 'custom', path: ['outcome'], message: `«${shortly(cells.outcome)}» is not known; write reported, ignored, clicked or entered data` });
    return { email: cells.email, campaign: cells.campaign, sentOn: cells.sentOn, outcome: did ?? ('ignored' as const), reference: null };
  }); // prettier-ignore
type Row = z.infer<typeof row>;

export const bringPhishing: Import['bring'] = async (db, clock, path, { apply, dates = null }) => {
  const file = await readRecordFile(path, row, dates);
  const otherwise = basename(path, extname(path));
  return bringAll(db, file, apply, async (tx, refuse) => {
    const people = await selectKnownByEmail(tx);
    const lines: string[] = [];
    let changes = 0;
    for (const [name, rows] of Map.groupBy(file.rows, ({ record }) => record.campaign ?? otherwise)) {
      const results = new Map<number, PhishingResult>();
      let left = 0;
      for (const { line, record } of rows) {
        const person = knownPerson(people, record.email, (text) => refuse({ line }, text));
        if (person === null) continue;
        if (!person.active) left += 1;
        else results.set(person.id, { person, outcome: graver(results.get(person.id)?.outcome, record) });
      }
      const sentOn = rows.map(({ record }) => record.sentOn).sort()[0] ?? '';
      const kept = await keepPhishingTest(tx, { name, sentOn }, [...results.values()]);
      changes += kept.changed ? 1 : 0;
      lines.push(`  «${name}», sent ${dayInWords(sentOn)}: ${tally([...results.values()])}${kept.changed ? '' : ', known already'}.`);
      if (left > 0) lines.push(`    ${left} rows of people who have left are not counted.`);
      if (kept.counted > 0) lines.push(`    Works-council mode: of ${asPeople(kept.counted)} no single result is kept, only how many did what, in all and by departments of at least 10.`);
      if (kept.merged.length > 0) lines.push(`    Counted together, since they are too small: ${kept.merged.join(', ')}.`);
      if (kept.dropped > 0) lines.push(`    Dropped: the results of ${asPeople(kept.dropped)}. So few cannot be counted without showing who did what.`);
    }
    const detail = { tests: changes, sha256: await fileHash(path) };
    if (changes > 0) await appendAudit(tx, { actor: 'system:phishing-import', action: 'phishing_test.imported', record: 'phishing_test', detail, at: clock() });
    return { changes, lines: (written) => [...lines, `${written ? 'Kept' : 'Would keep'} ${changes} phishing ${changes === 1 ? 'test' : 'tests'}.`] };
  });
}; // prettier-ignore

/** One person has a row for each thing that they did. */
function graver(known: Outcome | undefined, { outcome }: Row): Outcome {
  return outcomes.find((each) => each === known || each === outcome) ?? outcome;
}

const inWords: Record<Outcome, string> = { reported: 'reported it', ignored: 'did nothing', clicked: 'clicked', entered_data: 'entered data' }; // prettier-ignore

function tally(results: readonly PhishingResult[]): string {
  const counted = outcomes.toReversed().flatMap((each) => {
    const { length } = results.filter(({ outcome }) => outcome === each);
    return length === 0 ? [] : [`${length} ${inWords[each]}`];
  });
  return `${asPeople(results.length)}, ${counted.join(', ')}`;
}

/** `isma export phishing`: numbers alone. */
export async function phishingTable(db: Database): Promise<Table> {
  const tests = await selectPhishingTests(db);
  return {
    columns: ['test', 'sent', 'department', 'people', 'reported', 'did nothing', 'clicked', 'entered data'],
    rows: tests.map((test) => [test.name, test.sentOn, test.department || 'all', test.people, test.reported, test.ignored, test.clicked, test.enteredData]), // prettier-ignore
  };
}

/** Days in which whoever fell for it takes the lesson. */
const daysToLearn = 14;

export const phishingActions: Actions = {
  async [`${room}.phishing-lesson`](tx, context, { argument }) {
    const people = isIsmsManager(context.person) ? await selectFallen(tx, Number(argument('test'))) : [];
    if (people.length === 0)
      throw new Refusal('There is nobody whom that lesson could be suggested to by name.');
    const dueOn = addDays(dayOf(context.now, context.person.timeZone), daysToLearn);
    const who = `those who clicked in «${argument('name')}»`;
    return proposeChanges(tx, context, [{ kind: 'training.assign', lesson: 'phishing', who, people, dueOn }]);
  },
};

/** «Phishing tests»: null where they ask for something else. */
export function claimPhishing({ person }: Context, text: string): Said | null {
  if (asks.is(text) === null) return null;
  return async (tx) => {
    if (!isIsmsManager(person) && !isReadOnly(person)) throw new Refusal('Results of phishing tests are for the ISMS manager and for auditors.');
    return testsShown(tx, person);
  };
} // prettier-ignore

/** Tests that one message shows. */
const mostShown = 12;

async function testsShown(tx: Queryable, person: Context['person']): Promise<Addressed[]> {
  const tests = (await selectPhishingTests(tx)).filter(({ department }) => department === '').slice(0, mostShown);
  const [newest] = tests;
  if (newest === undefined) return toAsker({ text: 'No phishing test is kept here. Whoever runs Isma brings them with «isma import phishing».' });
  const fallen = isIsmsManager(person) ? await selectFallen(tx, newest.id) : [];
  const suggest = { id: actionId(`${room}.phishing-lesson`, { test: newest.id, name: newest.name.slice(0, 40) }), label: `Suggest the lesson to ${fallen.length}`, style: 'primary' as const };
  const share = (count: number, of: number) => `${count} (${Math.round((count * 100) / of)} %)`;
  return toAsker({
    text: `«${newest.name}», ${dayInWords(newest.sentOn)}: ${share(newest.clicked + newest.enteredData, newest.people)} of ${newest.people} people clicked, ${share(newest.reported, newest.people)} reported it.`,
    table: {
      columns: ['Test', 'Sent', 'People', 'Reported', 'Clicked', 'Entered data'],
      rows: tests.map((each) => [each.name, dayInWords(each.sentOn), String(each.people), ...[each.reported, each.clicked, each.enteredData].map((count) => share(count, each.people))]),
    },
    aside: 'Of people under works-council mode only numbers are kept.',
    buttons: fallen.length === 0 ? [] : [suggest],
  });
} // prettier-ignore
