/** What a text is made of. Plain data: whoever draws it makes elements, never HTML. */

export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'strong' | 'em' | 'strike' | 'spoiler'; readonly of: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  /** `auto`: the address itself stands in the text. */
  | { readonly kind: 'link'; readonly href: string; readonly of: readonly Inline[]; readonly auto: boolean }
  /** `@name` as it is written; who it is, if anybody, say the message's mentions. */
  | { readonly kind: 'mention'; readonly text: string }
  /** `#name` as it is written. */
  | { readonly kind: 'room'; readonly text: string }
  /** `:name:`, without the colons. */
  | { readonly kind: 'emoji'; readonly name: string }
  | { readonly kind: 'break' }

export type Block =
  | { readonly kind: 'paragraph'; readonly of: readonly Inline[] }
  | { readonly kind: 'heading'; readonly level: number; readonly of: readonly Inline[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string }
  | { readonly kind: 'quote'; readonly of: readonly Block[] }
  | {
      readonly kind: 'list'
      readonly ordered: boolean
      readonly start: number
      readonly items: readonly (readonly Block[])[]
    }
