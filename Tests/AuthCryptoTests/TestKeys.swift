/// Keys out of the standards, converted from JWK to PEM.
enum TestKeys {
    /// RFC 7515 appendix A.2.
    static let rsa = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEowIBAAKCAQEAofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd/wWJcyQoTbji9k0
        l8W26mPddxHmfHQp+Vaw+4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL+yRT+SFd2lZS+pC
        gNMsD1W/YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb/7OMg0LOL+bSf63kpaSHSX
        ndS5z5rexMdbBYUsLA9e+KXBdQOS+UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uD
        Zlxvb3qCo5ZwKh9kG4LT6/I5IhlJH7aGhyxXFvUK+DWNmoudF8NAco9/h9iaGNj8
        q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQIDAQABAoIBABKucaRpzQorw35S
        bEUAVx8dYXUdZOlJcHtiWQ+dC6V8ljxAHj/PLyzTveyI5QO/xkObCyjIL303l2cf
        UhPu2MFaJdjVzqACXuOrLot/eSFvxjvqVidTtAZExqFRJ9mylUVAoLvhowVWmC1O
        n95fZCXxTUtxNEG1Xcc7m0rtzJKs45J+N/V9DP1edYH6USyPSWGp6wuA+KgHRnKK
        Vf9GRx80JQY7nVNkL17eHoTWEwga+lwi0FEoW9Y7lDtWXYmKBWhUE+U8PGxlJf8f
        40493HDw1WRQ/aSLoS4QTp3rn7gYgeHEvfJdkkf0UMhlknlo53M09EFPdadQ4TlU
        bjqKc50CgYEA4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH/5IB3jw3bcxGn6QLvnE
        tfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw/Py5PJdTJNPY8cQn7ouZ2KKDcmnPG
        BY5t7yLc1QlQ5xHdwW1VhvKn+nXqhJTBgIPgtldC+KDV5z+y2XDwGUcCgYEAuQPE
        fgmVtjL0Uyyx88GZFF1fOunH3+7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYs
        p1ZSe7zFYHj7C6ul7TjeLQeZD/YwD66t62wDmpe/HlB+TnBA+njbglfIsRLtXlnD
        zQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdcCgYAHAp9XcCSrn8wVkMVkKdb7
        DOX4IKjzdahm+ctDAJN4O/y7OW5FKebvUjdAIt2GuoTZ71iTG+7F0F+lP88jtjP4
        U4qe7VHoewl4MKOfXZKTe+YCS1XbNvfgwJ3Ltyl1OH9hWvu2yza7q+d5PCsDzqtm
        27kxuvULVeya+TEdAB1ijQKBgQCH/3r6YrVH/uCWGy6bzV1nGNOdjKc9tmkfOJmN
        54dxdixdpozCQ6U4OxZrsj3FcOhHBsqAHvX2uuYjagqvo3cOj1TRqNocX40omfCC
        Mx3bD1yPPf/6TI2XECva/ggqEY2mYzmIiA5LVVmc5nrybr+lssFKneeyxN2Wq93S
        0iJMdQKBgCGHewxzoa1r8ZMD0LETNrToK423K377UCYqXfg5XMclbrjPbEC3YI1Z
        NqMtuhdBJqUnBi6tjKMF+34Xf0CUN8ncuXGO2CAYvO8PdyCixHX52ybaDjy1FtCE
        6yUXjoKNXKvUm7MWGsAYH6f4IegOetN5NvmUMFStCSkh7ixZLkN1
        -----END RSA PRIVATE KEY-----
        """

    /// RFC 7515 appendix A.3, P-256.
    static let p256 = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEII6bEJ5xkJi/mASH3x9dd+nLKWBuvtImO19XwhPfhPSyoAoGCCqGSM49
        AwEHoUQDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH8UTNG72b
        focs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==
        -----END EC PRIVATE KEY-----
        """

    /// RFC 8037 appendix A.1, Ed25519.
    static let ed25519 = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
        -----END PRIVATE KEY-----
        """

    /// A key of another curve, of no standard.
    static let p384 = """
        -----BEGIN EC PRIVATE KEY-----
        MIGkAgEBBDAkN0ahAqQbqbL8SKZIFobVERr/oZVNz68q4DEmU6XzZAq5pzf6bHAl
        z1z8mW1NMHmgBwYFK4EEACKhZANiAAQNkOjgaGePmaoVA9BiEcIqm2Dg3myeVij2
        Tl05zAk4ip6XagLQt4JR1xUerDMvpzcZC5q73qQt0WuPDunm9+sQilZ58nGWOViH
        K/lZz2NEKDgNDHcNF3A2MKpHXvSdL00=
        -----END EC PRIVATE KEY-----
        """

    /// Too short to be used.
    static let rsa1024 = """
        -----BEGIN PRIVATE KEY-----
        MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBANQGrYLxiDQ1HHqp
        8dOQ38euiIsNEW4boQskJvuVjhiLWLo2zROyPhjXAPbq6ASPsXMAxqXRZ2aVCT5T
        Da9LQWkKFYXgM+bOxfHigVhMjSnsYGQqGjGVJj+gJHxns0iQ7e0BVd3/mGxFEQJm
        opIMtchEllD6To/ALnz4Gcr3OdnJAgMBAAECgYBd8oOJhNpUP8BZvdmwY/40LWrF
        Kkox3r4yAJfhXDg1OfFbuZKPCqinOwVrY1ThSIZZLdvXd3z4oEsTOZvTs2XMhSgQ
        cZVdXbGYF7LnrRSWO0pPQ9JzpmmoHxlxks4g6sQjkHzEylZgh/4ukVuFdnNyYe0i
        ub4gzPR6vDHvPX45gQJBAPsHufcetNrVSa430vFhOF2T67uP7nhkqPjj3i0ZkB9+
        RataKkQnuxniaeiojChxLEAWNHi9z+T5gs+FEooJbtkCQQDYOUU6ExjxMJ33cynC
        xZTVxPaedwNkt2AKwmf5hn7uIlh5QIPlqEI+8wyd8ROeNc8uSE1R5Ci6O8/mFjg7
        s8xxAkBBjYD4kWI1CyGUhytksTig5zHV5v4lHlQpuoeYS2ahcr4Kwx7qcV2gosl5
        YhpHrVYa3jGRni+d4bJRMrTmqxPxAkEAkmNjvQfE8TYrHKb5dQZz1668EVkeEQgd
        m+s2nbczJGJYZ+8H3WpnP1sqBZx73bcsh3cn8fN4p21rOal9dN4r4QJBAJQp2dKB
        XMihaZFqpzUyKeN34pBb/YzebrJigKX6yzoVoj/bwuj8koLAVBg229EOndRmObOr
        AnpsIahAmXHrtM8=
        -----END PRIVATE KEY-----
        """
}
