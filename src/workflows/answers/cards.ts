/** What the answers workflow shows: answers, passages, refusals, and the cards of a question on its way to an owner. */
import { field } from '../../dialogue/form-fields.ts';
import {
  actionId,
  unfoldId,
  type ButtonParts,
  type Citation,
  type Form,
  type ItemParts,
  type Notice,
  type PassageExcerpt,
  type ReplyParts,
} from '../../conversation/contract.ts';
import { shortened } from '../../language/text.ts';
import type { Language } from '../../knowledge/lexicon.ts';
import type { OpenQuestion } from '../../isms/answer/open-question.ts';

export interface AnswerButtons {
  answerId: number;
  /** Who the question would go to, or null when there is nobody. */
  ownerName: string | null;
}

export function answerCard(text: string, citations: Citation[], buttons: AnswerButtons): ReplyParts {
  return {
    text,
    generated: true,
    citations,
    buttons: [...feedbackButtons(buttons.answerId), ...askButtons(buttons)],
  };
}

/** Why no model worded it: small, below what the policies say. Where none was ever connected there is nothing to explain. */
const asides: Record<SectionsNotice, string | null> = {
  'no-model': null,
  'model-down': 'The language model does not answer just now, so I looked for words only.',
  budget: 'The language model has been used up for today, so I looked for words only.',
  unverified: 'I could not prove my own wording from our policies, so this is theirs.',
};
export type SectionsNotice = Extract<Notice, 'no-model' | 'model-down' | 'budget' | 'unverified'>;

/** Sections word for word: what answers is the text itself, the rest of its section follows, and more are folded. */
export interface ShownSections {
  text: string;
  passages: PassageExcerpt[];
  citations: Citation[];
}

export function sectionsCard(
  notice: SectionsNotice,
  { text, passages, citations }: ShownSections,
  buttons: AnswerButtons,
  aside: string | null,
): ReplyParts {
  const said = [asides[notice], aside].filter((part) => part !== null).join(' ');
  const folded = passages.filter((passage) => passage.folded).length;
  return {
    text,
    quoted: true,
    notice,
    passages,
    citations,
    aside: said === '' ? null : said,
    buttons: [
      ...feedbackButtons(buttons.answerId),
      ...unfoldButton(folded, folded === 1 ? '1 more section' : `${folded} more sections`),
      ...askButtons(buttons),
    ],
  };
}

/** The honest refusal and its offer, in the languages that questions come in. */
const refusals: Record<
  Language,
  { refusal: string; ofPart: (asked: string) => string; offer: (owner: string) => string }
> = {
  en: {
    refusal: 'I found nothing on this in our policies.',
    ofPart: (asked) => `On ${asked} I found nothing certain in our policies.`,
    offer: (owner) => `Shall I ask ${owner}? The answer comes back to you here.`,
  },
  de: {
    refusal: 'In unseren Richtlinien habe ich dazu nichts gefunden.',
    ofPart: (asked) => `Zu ${asked} habe ich in unseren Richtlinien nichts Sicheres gefunden.`,
    offer: (owner) => `Soll ich ${owner} fragen? Die Antwort kommt zu dir hierher.`,
  },
  fr: {
    refusal: "Je n'ai rien trouvé à ce sujet dans nos politiques.",
    ofPart: (asked) => `Sur ${asked}, je n'ai rien trouvé de sûr dans nos politiques.`,
    offer: (owner) => `Dois-je demander à ${owner} ? La réponse vous parviendra ici.`,
  },
  es: {
    refusal: 'No he encontrado nada sobre esto en nuestras políticas.',
    ofPart: (asked) => `Sobre ${asked} no he encontrado nada seguro en nuestras políticas.`,
    offer: (owner) => `¿Se lo pregunto a ${owner}? La respuesta te llega aquí.`,
  },
};

/** What of several questions is left, said beside the answers to the others. */
export function notSaid(asked: string[], language: Language): string {
  return refusals[language].ofPart(asked.map((each) => `«${shortened(each, 120)}»`).join(', '));
}

/** The nearest sections, where there are any, stay folded: they are near, and no answer. */
export function refusalCard(
  { passages, citations }: Pick<ShownSections, 'passages' | 'citations'>,
  buttons: AnswerButtons,
  language: Language,
  aside: string | null,
): ReplyParts {
  const words = refusals[language];
  return {
    text: [words.refusal, buttons.ownerName === null ? null : words.offer(buttons.ownerName)]
      .filter((part) => part !== null)
      .join(' '),
    notice: 'not-covered',
    passages,
    citations,
    aside,
    buttons: [
      ...askButtons(buttons, 'primary'),
      ...unfoldButton(passages.length, passages.length === 1 ? 'Nearest section' : 'Nearest sections'),
    ],
  };
}

function unfoldButton(folded: number, label: string): ButtonParts[] {
  return folded === 0 ? [] : [{ id: actionId(unfoldId), label }];
}

function feedbackButtons(answerId: number): ButtonParts[] {
  return [
    { id: actionId('answers.helpful', { answer: answerId }), label: 'Helpful', feedback: 'helpful' },
    {
      id: actionId('answers.not-helpful', { answer: answerId }),
      label: 'Not helpful',
      feedback: 'not-helpful',
      opensForm: true,
    },
  ];
}

export function askButtons(
  { answerId, ownerName }: AnswerButtons,
  style: ButtonParts['style'] = 'plain',
): ButtonParts[] {
  return ownerName === null
    ? []
    : [
        {
          id: actionId('answers.ask-owner', { answer: answerId }),
          label: shortened(`Ask ${ownerName}`, 75),
          style,
        },
      ];
}

/** @param sent  what was typed stays in the form that is shown once more */
export function reasonForm(answerId: number): Form {
  return {
    id: actionId('answers.reason', { answer: answerId }),
    title: 'About this answer',
    submitLabel: 'Send',
    fields: [
      field('reason', 'What was wrong?', 'choice', {
        options: [
          { value: 'wrong', label: 'It is wrong' },
          { value: 'incomplete', label: 'It leaves something out' },
          { value: 'outdated', label: 'It is out of date' },
          { value: 'off_topic', label: 'It answers another question' },
          { value: 'unclear', label: 'I do not understand it' },
          { value: 'other', label: 'Something else' },
        ],
      }),
      field('comment', 'Anything else? (optional)', 'multiline', { required: false }),
    ],
  };
}

/** The same question in one line, among what waits for its owner. */
export function questionItem(
  { reference, question }: OpenQuestion,
  askerName: string,
  since: string,
): ItemParts {
  return {
    text: `${askerName} asks: «${shortened(question, 300)}»`,
    detail: `${reference} · since ${since}`,
    button: { id: actionId('answers.open-reply', { question: reference }), label: 'Answer', opensForm: true },
  };
}

export function replyForm({ reference, question }: OpenQuestion): Form {
  return {
    id: actionId('answers.reply', { question: reference }),
    title: 'Answer a question',
    submitLabel: 'Send',
    fields: [
      field('answer', `«${shortened(question, 120)}»`, 'multiline'),
      field('keep', 'Who may see it?', 'choice', {
        value: 'everyone',
        hint: 'An approved answer is found by colleagues until the policy changes.',
        options: [
          { value: 'everyone', label: 'All who may read the policy' },
          { value: 'asker', label: 'Only the person who asked' },
        ],
      }),
    ],
  };
}

/** What the owner sees after a reply. */
export function repliedCard({ reference }: OpenQuestion, askerName: string, kept: boolean): ReplyParts {
  return {
    text: `Sent to ${askerName}.${kept ? ' It is kept as an approved answer until the policy changes.' : ''} Does the policy need a change?`,
    facts: [{ label: 'Reference', value: reference }],
    buttons: [
      {
        id: actionId('answers.conclude', { question: reference, outcome: 'policy_changed' }),
        label: 'I changed the policy',
        style: 'plain',
      },
      {
        id: actionId('answers.conclude', { question: reference, outcome: 'no_change' }),
        label: 'No change needed',
        style: 'plain',
      },
      {
        id: actionId('answers.withdraw', { question: reference }),
        label: 'Take my answer back',
        style: 'danger',
      },
    ],
  };
}
