/** `isma import training <file>`: what people completed in another system, so that the matrix holds it too. */
import { basename } from 'node:path';
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import { maybe, must, readDay, readPercent, readText, type Reader } from '../../dialogue/import-cells.ts';
import { readRecordFile } from '../../dialogue/import-file.ts';
import { bringAll, fileHash } from '../../dialogue/import-report.ts';
import type { Import } from '../../dialogue/room.ts';
import { noteCompletions, type Completion } from '../../isms/training/completed.ts';
import { lessonNamed, lessons } from '../../isms/training/lesson-bank.ts';
import { lessonFor, topicNamed } from '../../isms/training/topics.ts';
import { worksCouncilMode } from '../../isms/training/works-council.ts';
import { words } from '../../language/vocabulary.ts';
import { asPeople } from './phrases.ts';
import { selectKnownByEmail, type KnownByEmail } from '../../records/person.ts';

/** Whatever time of the day stands behind it. */
export const readDate: Reader<string> = (text) => readDay(text.replace(/[ T]\d{1,2}:\d{2}.*$/, ''));
const readScore: Reader<number> = (text) => readPercent(text.replace(/(\d)[.,]\d+(?=\s*%?$)/, (whole, digit: string) => (/^0[.,]/.test(text) ? whole.replace(',', '.') : digit))); // prettier-ignore

/** Headings of the column that holds whose row it is. */
export const emailHeadings =
  'e_mail, mail, email_address, e_mail_address, user_email, learner_email, recipient_email, recipient, user, username, user_name, login, user_principal_name, upn, learner, e_mail_adresse';

const row = z
  .object({
    email: must(readText(200)).describe(emailHeadings),
    course: must(readText(200)).describe('course_name, course_title, training, training_name, module, title, learning_object, activity, kurs, schulung'),
    completedOn: maybe(readDate).describe('completed, completion_date, completed_date, date_completed, completed_at, completion, finished_on, finished, end_date, date, abgeschlossen_am'),
    status: maybe(readText(100)).describe('state, completion_status, progress_status, result, stand'),
    score: maybe(readScore).describe('grade, result_percent, points, percent, score_percent, quiz_score, punkte'),
    expiresOn: maybe(readDate).describe('expires, expiry, expiry_date, expiration_date, valid_until, valid_to, gültig_bis'),
    lesson: maybe(readText(200)).describe('isma_lesson, our_lesson, maps_to, lektion'),
  })
  .transform((cells, context) => {
    const lesson = cells.lesson === null ? courseAsLesson(cells.course) : lessonFor(cells.lesson);
    if (cells.lesson !== null && lesson === null)
      context.addIssue({ code: 'custom', path: ['lesson'], message: `«${cells.lesson}» is no lesson of ours; write one of ${lessons().map(({ id }) => id).join(', ')}, or leave it empty` });
    return { ...cells, lesson, reference: null };
  }); // prettier-ignore
type Row = z.infer<typeof row>;

const courseWords = words('awareness/course words');
const completed = words('awareness/completed');

/** «Phishing awareness training 2026» is ours about phishing; what has other words in it stands for itself. */
function courseAsLesson(course: string): string | null {
  const bare = courseWords.findAll(course).reduceRight((left, { from, to }) => `${left.slice(0, from)} ${left.slice(to)}`, course);
  return lessonFor(course) ?? (bare.trim() === '' ? null : topicNamed(bare.replace(/\b20\d\d\b|[:\-–()&]/g, ' ').trim()));
} // prettier-ignore

/** An empty date is no completion, whatever else its row says; so is a status that is none. */
const isDone = ({ completedOn, status }: Row) =>
  completedOn !== null && (status === null || completed.is(status) !== null);

export const bringTraining: Import['bring'] = async (db, clock, path, { apply, dates = null }) => {
  const file = await readRecordFile(path, row, dates);
  return bringAll(db, file, apply, async (tx, refuse) => {
    const people = await selectKnownByEmail(tx);
    const isPrivate = await worksCouncilMode(tx);
    const done = file.rows.filter(({ record }) => isDone(record));
    const ours = new Map<string, string>();
    const others = new Set<string>();
    const withoutScore = new Set<number>();
    let left = 0;
    const completions = done.flatMap(({ line, record }): Completion[] => {
      const person = knownPerson(people, record.email, (text) => refuse({ line }, text));
      if (person?.active !== true) left += person === null ? 0 : 1;
      if (person?.active !== true || record.completedOn === null) return [];
      const { course, lesson, completedOn, expiresOn } = record;
      if (lesson === null) others.add(course);
      else ours.set(course, lesson);
      const score = isPrivate(person) ? null : record.score;
      if (score !== record.score) withoutScore.add(person.id);
      return [{ personId: person.id, lesson: lesson ?? course, completedOn, expiresOn, score }];
    });
    const at = clock();
    const origin = { how: 'elsewhere' as const, source: basename(path) };
    const changes = await noteCompletions(tx, { id: null, name: null, at }, origin, completions);
    const detail = { completions: changes, sha256: await fileHash(path) };
    if (changes > 0) await appendAudit(tx, { actor: 'system:training-import', action: 'training.imported', record: 'training', detail, at });
    const counted = new Set(completions.map(({ personId }) => personId)).size;
    return {
      changes,
      lines: (written) => [
        ...[...ours].map(([course, lesson]) => `  «${course}» counts as our lesson «${lessonNamed(lesson)?.title.en ?? lesson}».`),
        ...[...others].map((course) => `  «${course}» is no lesson of ours: it stands in the matrix under its own name.`),
        ...said(file.rows.length - done.length, 'not completed, and left out'),
        ...said(left, 'of people who have left, and left out'),
        ...(withoutScore.size === 0 ? [] : [`The scores of ${asPeople(withoutScore.size)} are not kept: works-council mode.`]),
        `${written ? 'Noted' : 'Would note'} ${changes} of ${completions.length} completions of ${asPeople(counted)}; the others are known already.`,
      ],
    };
  });
}; // prettier-ignore

const said = (count: number, what: string) =>
  count === 0 ? [] : [`${count} ${count === 1 ? 'row is' : 'rows are'} ${what}.`];

/** Null for nobody, which is said at the line. */
export function knownPerson(people: ReadonlyMap<string, KnownByEmail>, email: string, refuse: (text: string) => void): KnownByEmail | null {
  const person = people.get(email.toLowerCase()) ?? null;
  if (person === null) refuse(`email: «${email}» is nobody that I know; add them with "isma people import", or take the line out`);
  return person;
} // prettier-ignore
