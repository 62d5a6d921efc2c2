import { useMutation } from "@tanstack/react-query"
import { getRouteApi, Link, useRouter } from "@tanstack/react-router"

import { useApi } from "@/api/context"
import { Field } from "@/components/field"
import { fieldError, text } from "@/components/form"

import { signInSearch } from "./search"
import { AuthForm } from "./form"

const route = getRouteApi("/sign-in")

export function SignInPage() {
  const { auth } = useApi()
  const router = useRouter()
  const { next } = signInSearch(route.useSearch())
  const signIn = useMutation({
    mutationFn: (values: FormData) => auth.signIn(text(values, "email"), text(values, "password")),
    onSuccess: () => router.history.push(next ?? "/"),
  })
  return (
    <AuthForm
      title="Sign in"
      lead="See what your team’s coding sessions are doing, and which of them need you."
      submit="Sign in"
      busy={signIn.isPending}
      error={signIn.error}
      onSubmit={signIn.mutate}
      footer={
        <span className="flex flex-wrap justify-between gap-x-4 gap-y-1">
          <span>
            New here?{" "}
            <Link to="/register" className="font-medium text-accent-ink underline underline-offset-2">
              Create an account
            </Link>
          </span>
          <Link to="/reset" className="font-medium text-accent-ink underline underline-offset-2">
            Forgot password
          </Link>
        </span>
      }
    >
      <Field label="Email" name="email" type="email" autoComplete="username" required autoFocus error={fieldError(signIn.error, "email")} />
      <Field label="Password" name="password" type="password" autoComplete="current-password" required error={fieldError(signIn.error, "password")} />
    </AuthForm>
  )
}
