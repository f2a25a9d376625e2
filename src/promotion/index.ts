export {
  type AliasMove,
  type AliasOptions,
  aliases,
  aliasHistory,
  type ListedAlias,
  type Rollback,
  type RollbackOptions,
  rollback,
} from './aliases.js';
export type { CopyReport } from './copy-version.js';
export { type PromotedAlias, type PromoteOptions, type Promotion, promote } from './promote.js';
export { type ChangedYank, type UnyankOptions, unyank, yank } from './yank.js';
