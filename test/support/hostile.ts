/** Everything that reads words from outside, and words that were made to take it long: for the benchmark and its test. */
import { inert } from '../../src/conversation/plain-text.ts';
import { bareRequest, shortened } from '../../src/language/text.ts';
import { isAside } from '../../src/conversation/pending-question.ts';
import { tooLong } from '../../src/conversation/too-long.ts';
import { isCourtesy } from '../../src/conversation/small-talk.ts';
import { asksWhatWaits } from '../../src/conversation/waiting.ts';
import { storable } from '../../src/db/rows.ts';
import { displayName } from '../../src/files/inspect.ts';
import { normaliseRequirement } from '../../src/records/requirement.ts';
import { parseReference } from '../../src/records/reference.ts';
import { tokenize } from '../../src/knowledge/lexicon.ts';
import { stripHidden } from '../../src/knowledge/read/hidden-text.ts';
import { splitFrontMatter } from '../../src/knowledge/read/markdown.ts';
import { readText } from '../../src/knowledge/read/text.ts';
import { numberedHeading } from '../../src/knowledge/read/tree.ts';
import type { Passage } from '../../src/knowledge/search.ts';
import { clean } from '../../src/doors/console/render.ts';
import { readEvent } from '../../src/doors/slack/read-event.ts';
import { escapedMarkdown, unmarked } from '../../src/doors/slack/text.ts';
import { Activity } from '../../src/doors/teams/activity.ts';
import { readActivity } from '../../src/doors/teams/read-activity.ts';
import { label, markdown } from '../../src/doors/teams/text.ts';
import { checkAnswer } from '../../src/workflows/answers/check-answer.ts';
import { marksIn } from '../../src/workflows/answers/citation-marks.ts';
import { contextOf } from '../../src/workflows/answers/find-passages.ts';
import { figuresIn } from '../../src/language/figures.ts';
import { learnHosts, withoutStrangeHosts } from '../../src/workflows/answers/hosts.ts';
import { bestQuote, excerpt } from '../../src/knowledge/quote.ts';
import {
  bareAnswer,
  lookBehind,
  saysEnough,
} from '../../src/workflows/corrective-actions/cause/cause-words.ts';
import { impossibleDates, readDates, spelledOut } from '../../src/language/dates.ts';
import { readHandOver } from '../../src/workflows/corrective-actions/update/read-hand-over.ts';
import { readRaise } from '../../src/workflows/corrective-actions/raise/read-raise.ts';
import { readRegisterQuestion } from '../../src/workflows/corrective-actions/register/read-register-question.ts';
import { readUpdates } from '../../src/workflows/corrective-actions/update/read-update.ts';
import { markUp, segmentsOf } from '../../src/workflows/corrective-actions/update/split-update.ts';
import { suggestGrade } from '../../src/workflows/corrective-actions/raise/suggest-grade.ts';
import { suggestRequirements } from '../../src/workflows/corrective-actions/raise/suggest-requirement.ts';
import { readWanted } from '../../src/workflows/policy-questions/said.ts';
import { lexicon } from './shared.ts';

const reading = { now: new Date('2026-11-24T09:00:00Z'), timeZone: 'Europe/Berlin', locale: 'en-GB' };

const passage = (body: string): Passage => ({
  sectionId: 1, versionId: 1, documentId: 1, kind: 'policy', reference: 'POL-1', title: 'Incident Policy', version: '2.1', language: 'en',
  ownerEmail: null, effectiveFrom: '2026-03-01', audience: ['everyone'], sourcePath: null, number: '3.4', heading: 'Reporting',
  path: ['3 Rules'], page: null, score: 1, textScore: 1, textRank: 1, vectorRank: null, distance: null, body,
}); // prettier-ignore
const known = passage('Report every incident within 24 hours to report@demo.example.');
const stems = new Map(lexicon.stems('report every incident within 24 hours', 'en').map((stem) => [stem, 1]));

export const teamsMessage = (parts: object) =>
  Activity.parse({
    type: 'message',
    id: '1',
    channelId: 'msteams',
    serviceUrl: 'https://smba.trafficmanager.net/teams/',
    from: { id: '29:1', aadObjectId: 'a' },
    recipient: { id: '28:1' },
    conversation: { id: 'a:1', conversationType: 'personal', tenantId: 't' },
    channelData: { tenant: { id: 't' } },
    ...parts,
  });
const slackMessage = (text: string) => ({
  type: 'event_callback',
  team_id: 'T1',
  event_id: 'E1',
  authorizations: [{ user_id: 'UB' }],
  event: { type: 'message', channel_type: 'im', channel: 'D1', user: 'U1', ts: '1.1', text },
});

export const readers: Record<string, (text: string) => unknown> = {
  'Slack message': (text) => readEvent(slackMessage(text)),
  'Slack marks': (text) => unmarked(text, 'UB'),
  'Slack stream': (text) => escapedMarkdown(text),
  'Teams message': (text) => readActivity(teamsMessage({ text })),
  'Teams quote': (text) =>
    readActivity(teamsMessage({ text: 'x', attachments: [{ contentType: 'text/html', content: text }] })),
  'Teams markdown': markdown,
  'Teams label': label,
  'terminal': clean,
  'nothing to press': inert,
  'shortened': (text) => shortened(text, 200),
  'storable': storable,
  // What such a run does not end with.
  'request': (text) => bareRequest(`${text}a`),
  'questions wanted': (text) => readWanted(`${text}a`),
  'courtesy': isCourtesy,
  'follow-up': (text) => contextOf(text, [{ author: 'person', text: 'May I?' }]),
  'update': (text) => readUpdates(text, reading),
  'update, marked': (text) => segmentsOf(markUp(text, reading)),
  'finding': (text) => readRaise(text, reading),
  'finding, asked for': (text) => readRaise(text, reading, true),
  'register question': readRegisterQuestion,
  'hand-over': (text) => readHandOver(text, { named: true, conditional: false, marks: [], reading }),
  'dates': (text) => readDates(text, reading),
  'impossible dates': (text) => impossibleDates(text, reading),
  'dates spelled out': (text) => spelledOut(text, reading),
  'cause': (text) => [bareAnswer(text), lookBehind(text), saysEnough(text)],
  'aside': isAside,
  'what waits': asksWhatWaits,
  'grade': suggestGrade,
  'requirement named': normaliseRequirement,
  'reference': parseReference,
  'file name': displayName,
  'tokens': tokenize,
  'stems': (text) => lexicon.stems(text, 'en'),
  'hidden text': stripHidden,
  'figures': figuresIn,
  'host names': (text) => [learnHosts(new Set(), text), withoutStrangeHosts(text, new Set())],
  'answer': (text) => checkAnswer(text, [known]),
  'answer, cited': (text) => checkAnswer(`${text} [1]`, [known]),
  'answer from it': (text) => checkAnswer('So it is [1].', [passage(text)]),
  'citation marks': (text) => marksIn(text, 8),
  'quote': (text) => bestQuote(lexicon, text, 'en', stems),
  'excerpt': (text) => excerpt(lexicon, text, 'en', stems, 420),
  'front matter': (text) => splitFrontMatter(`---\n${text}`),
  'plain document': readText,
  'heading': numberedHeading,
}; // prettier-ignore

/** What the words of one turn go through before a model is asked, as the rooms read them. */
export function readTurn(text: string): unknown {
  return (
    tooLong(text) ?? [
      isCourtesy(text),
      readRegisterQuestion(text),
      readUpdates(text, reading),
      impossibleDates(text, reading),
      readRaise(text, reading),
    ]
  );
}

/** These read a beginning of bounded length alone, and take their time for each word of it. */
export const boundedReaders: Record<string, (text: string) => unknown> = {
  question: (text) => lexicon.analyse(text),
  requirement: (text) => suggestRequirements(lexicon, text, []),
};

/** Pieces that, many times over, make texts on which a careless expression goes back again and again. */
export const signs: readonly string[] = [
  '<', '>', '[', ']', '(', ')', '](', '[x](', '![', '<a', '<a ', '<http:', '<blockquote ', '<at', '<quoted', '&', '&lt;',
  ' ', '\n', '\t', '\r\n', '\n ', ' \n', '\u00A0', '\u3000', '.', '. ', '.\n', ',', '-', '- ', '--', '_', '*', '**', '#', '#\n', '# ', '`', '|', '|\n', '| a ', '/',
  ':', ';', '!', '?', '? ', '"', "'", '«', '@', 'a@', 'a@a.', 'a.a@', '1', '1 ', '1.', '1,', '1, ', '1-', '1 000 ', '[1]', '[1', '[1,', '[1] ', '. [1]', '1 to ', '1.1.', '1/1/', '1)\n',
  'a', 'a ', 'a.', 'a. ', 'a-', 'a_', "a'", 'a\n', 'aa.', 'A', 'é', 'ß', '漢', '😀', '\u200D', '😀\u200D', '\u200B', '\uD800', '\u0000', '\u001B[', 'ﬁ',
]; // prettier-ignore

export const words: readonly string[] = [
  'CA-', 'CA-1', 'CA-1 ', 'CA-1, ', 'CA-1 and ', 'NC-2 is done. ', 'ca', 'CA 1 ', 'done ', 'not ', 'because ', 'by ', 'until ', 'next ', 'in 2 weeks ', '2 more weeks ', 'on 3 ', 'March ', '3 March ',
  'within ', 'to ', 'https://', 'https://a.b ', 'http', 'www.', 'data:', 'javascript:', 'x://', 'mailto:', 'ignore ', 'ignorier', 'vergiss', 'olvida', 'ignore previous', 'system', '\nsystem',
  'we found ', 'found that ', 'there is no ', 'it was ', 'as ', 'is it ', 'of the ', 'the ', 'and ', 'diariö', 'täglichö', 'ISO 1', 'ISO-', 'EUR', 'A.8.1 ', 'a/b ', '.exe', '..', '../', '%41',
  'why ', 'I forgot ', 'human error ', 'open ', 'overdue ', 'of Anna ', 'show ', '1st ', '01.02.', '2026-', '2026-01-', 'in ', 'one ', 'two ',
]; // prettier-ignore
