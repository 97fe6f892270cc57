/** All rules, in the order of the standard. */
import { evaluationRules } from './evaluation-rules.ts';
import { improvementRules } from './improvement-rules.ts';
import { planningRules } from './planning-rules.ts';
import { practiceRules } from './practice-rules.ts';
import type { Rule } from './rule.ts';
import { supportRules } from './support-rules.ts';

export const rules: readonly Rule[] = [
  ...planningRules,
  ...supportRules,
  ...evaluationRules,
  ...improvementRules,
  ...practiceRules,
];
