/** Live changes never move what is read: they offer a new order here. Nothing where there is no news. */
export function NewsPill({ text, onPress }: { text: string; onPress: () => void }) {
  return (
    <div className="pointer-events-none sticky top-2 z-20 -mb-8 flex h-8 justify-center" aria-live="polite">
      {text !== "" && (
        <button
          type="button"
          onClick={onPress}
          className="pointer-events-auto h-8 animate-appear rounded-full bg-accent px-4 text-body font-medium text-on-accent shadow-floating hover:bg-accent-strong"
        >
          {text}
        </button>
      )}
    </div>
  )
}
