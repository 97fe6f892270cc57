/** What people ask for in words, with no model: «lesson about phishing», «Quiz zu Passwörtern», «what can I learn?». */
import { actionId, type OpenerParts } from '../../conversation/contract.ts';
import { topicNamed } from '../../isms/training/topics.ts';
import { bareRequest } from '../../language/text.ts';
import { words } from '../../language/vocabulary.ts';
import { room } from './phrases.ts';

const list = words('awareness/list');
const quizzes = words('awareness/quizzes');
const lesson = words('awareness/lesson');
const quiz = words('awareness/quiz');

/** Words of a topic that nobody wrote a lesson about; more of them ask something else. */
const mostUnknown = 3;

export type Wanted =
  | { what: 'list' | 'quizzes' }
  | { what: 'lesson' | 'quiz'; topic: string }
  /** There is no lesson about it. */
  | { what: 'unknown'; said: string };

/** Null where they ask for something else. */
export function readWanted(text: string): Wanted | null {
  const said = bareRequest(text);
  if (list.is(said) !== null) return { what: 'list' };
  if (quizzes.is(said) !== null) return { what: 'quizzes' };
  for (const [what, vocabulary] of [['quiz', quiz], ['lesson', lesson]] as const) {
    const begun = vocabulary.begins(said);
    if (begun === null) continue;
    const rest = said.slice(begun.to).trim();
    const topic = topicNamed(rest);
    if (topic !== null) return { what, topic };
    // «Learn how we back up» is a question; «lesson about backups» wants a lesson.
    const isNamed = begun.text.includes(' ');
    if (isNamed && rest !== '' && rest.split(/\s+/).length <= mostUnknown) return { what: 'unknown', said: rest };
  }
  return null;
} // prettier-ignore

export const lessonButton = (topic: string, label: string): OpenerParts => ({
  id: actionId(`${room}.lesson`, { topic }),
  label,
});
export const quizButton = (topic: string, label: string): OpenerParts => ({
  id: actionId(`${room}.quiz`, { topic }),
  label,
});
