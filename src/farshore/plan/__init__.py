"""Planning: the exact plan, its certificate, the certificate's own checker, the protection audit."""
