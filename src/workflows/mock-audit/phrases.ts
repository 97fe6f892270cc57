/** What the interview and its coaching say beside the bank, in the languages that the bank has whole. */
import type { Language, Said } from '../../isms/assessment/bank.ts';
import { sayIn } from '../../isms/assessment/questions.ts';

const phrases = {
  points: { en: 'A good answer mentions these. Which of them did yours?', de: 'Eine gute Antwort nennt diese Punkte. Welche davon haben Sie genannt?' },
  all: { en: 'All of them', de: 'Alle' },
  some: { en: 'Some of them', de: 'Einige' },
  none: { en: 'None of them', de: 'Keinen' },
  unknown: { en: 'I do not know', de: 'Das weiß ich nicht' },
  enough: { en: 'That is enough', de: 'Das genügt' },
  written: { en: 'Where is that written down, and how would you find it now?', de: 'Wo steht das geschrieben, und wie würden Sie es jetzt finden?' },
  good: { en: 'Good', de: 'Gut' },
  silent: { en: 'An auditor would note', de: 'Im Audit fiele auf' },
  nothingOf: { en: 'nothing was said of:', de: 'nichts gesagt wurde zu:' },
  against: { en: 'They would write down', de: 'Notiert würde' },
  read: { en: 'To read', de: 'Zum Nachlesen' },
  nothingFound: { en: 'I found no section on it in the documents that you may read. An auditor would ask where it is written.', de: 'In den Dokumenten, die Sie lesen dürfen, habe ich dazu keinen Abschnitt gefunden. Im Audit würde gefragt, wo es geschrieben steht.' },
} satisfies Record<string, Said>; // prettier-ignore

export function say(name: keyof typeof phrases, language: Language): string {
  return sayIn(phrases[name], language);
}
