export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

const program = 'ailab-datasets';

/**
 * bash splits words at the colon of `product_a:1.2.0`, and what stands before it must not be completed a second time; bash-completion has a
 * function for that, which the generated script doesn't call. For the at sign of `product_a@prod` it has none: words are not split there any more, as npm's completion has it.
 */
const bashColons = `
COMP_WORDBREAKS=\${COMP_WORDBREAKS//@}
__ailab_datasets_complete_with_colons() {
    local cur
    __ailab_datasets_complete "$@"
    _get_comp_words_by_ref -n "=:" cur
    __ltrim_colon_completions "$cur"
}
complete -F __ailab_datasets_complete_with_colons ${program}
`;

/** Prints a shell's completion script on standard output; at each Tab it calls `ailab-datasets complete -- …`. */
export async function printShellScript(shell: Shell): Promise<void> {
  const { script } = await import('@bomb.sh/tab');
  script(shell, program, program);
  if (shell === 'bash') process.stdout.write(bashColons);
}
