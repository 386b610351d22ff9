internal import AuthAPI
internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import StrictJSON

/// The routes for people: what is at the address itself, and the page where every route can be tried.
struct PageEndpoints: Sendable {
    private let homePage: Response
    private let homeJSON: Response
    let docs = Response.page(DocsPage.html, policy: DocsPage.policy)

    /// The page's links are relative, so that they work behind a proxy that takes a part of the path away.
    let docsWithoutSlash = Response(status: .permanentRedirect, headers: [.location: "../docs"])

    init(prefix: String) {
        let vary: HTTPFields = [.vary: "Accept"]
        homePage = .page(
            HomePage.html.replacing("PREFIX", with: prefix, maxReplacements: 1), policy: HomePage.policy, adding: vary)
        let links: JSON = [
            "name": .string(Software.mvpAuth.name), "version": .string(Software.mvpAuth.version),
            "description": "Email-and-password authentication.", "routes": .string(prefix + "/"), "docs": "/docs",
            "openapi": "/openapi.json", "health": "/healthz", "readiness": "/readyz",
        ]
        homeJSON = .json(ByteBuffer(bytes: links.text), adding: vary)
    }

    /// JSON for whoever prefers that, else the page.
    func home(_ call: HTTPCall) -> Response {
        AcceptedTypes(call.request.headers[values: .accept]).prefersJSON ? homeJSON : homePage
    }
}
