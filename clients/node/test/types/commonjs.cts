// The same package by `require`.
import auth = require('mvp-auth')
import express = require('mvp-auth/express')
import mvpAuth = require('mvp-auth/fastify')
import testing = require('mvp-auth/testing')

const client: auth.Client = new auth.Client()
const stub: auth.Client = new testing.StubAuth()
export const user: Promise<auth.User> = client.currentUser({ accessToken: 'a' })
export const names: auth.RouteName[] = [...express.routeGroups.core, ...mvpAuth.routeGroups.password]
export const hook: mvpAuth.Hook = mvpAuth.requireAuth(stub, { optional: true })
export const isOurs = (error: unknown): boolean => error instanceof auth.TokenError
